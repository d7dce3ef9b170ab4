/** Passkeys, by the browser's own virtual authenticator. */
import type { CDPSession } from '@playwright/test'
import { test as base, expect, type Page, type Person, signIn, signUpFirstAdmin } from '../fixtures'
import { Server } from '../server'

const test = base.extend({
  // A passkey belongs to a host name, and this machine's is localhost.
  server: async ({}, use) => {
    const server = await Server.start({ demo: false, host: 'localhost' })
    await use(server)
    await server.stop()
  },
})

/** A device with passkeys of its own, which its owner unlocks. */
class Device {
  private constructor(
    private readonly session: CDPSession,
    private readonly id: string,
  ) {}

  static async plugIn(page: Page): Promise<Device> {
    const session = await page.context().newCDPSession(page)
    await session.send('WebAuthn.enable')
    const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    return new Device(session, authenticatorId)
  }

  /** Whether its owner unlocks it when it asks. */
  async unlocks(unlocks: boolean): Promise<void> {
    await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified: unlocks })
  }

  async counter(): Promise<number> {
    const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.id })
    return Math.max(...credentials.map((credential) => credential.signCount))
  }

  async unplug(): Promise<void> {
    await this.session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId: this.id })
  }
}

async function addPasskey(page: Page, name: string): Promise<void> {
  await page.goto('/account')
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.getByText('The passkey is added')).toBeVisible()
}

async function password(page: Page, who: Person): Promise<void> {
  await page.goto('/sign-in?next=%2Fplans')
  await page.getByLabel('E-mail', { exact: true }).fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByText('Your password is right. Now your passkey.')).toBeVisible()
}

test('a passkey is added, asked for after the password, and removed', async ({ page, problems }) => {
  problems.expect(/422 GET \/sign-in\/code/)
  const me = await signUpFirstAdmin(page)
  const device = await Device.plugIn(page)
  await page.goto('/account')
  await expect(page.getByText('You have none.')).toBeVisible()
  await addPasskey(page, 'My laptop')
  const recovery = await page.locator('.codes code').allTextContents()
  expect(recovery).toHaveLength(10)
  const row = page.getByRole('row').filter({ hasText: 'My laptop' })
  await expect(row).toContainText('never')
  await page.getByLabel('Name', { exact: true }).fill('Again')
  await page.getByRole('button', { name: 'Add a passkey' }).click()
  await expect(page.locator('[data-passkey-said]')).toHaveText('This device or key has a passkey for you already.')
  await page.goto('/settings/people')
  await expect(page.locator('tbody tr').filter({ hasText: me.email })).toContainText('two-step')

  await page.getByRole('button', { name: 'Sign out' }).click()
  await password(page, me)
  await device.unlocks(false)
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.locator('[data-passkey-said]')).toContainText('No passkey was given')
  await device.unlocks(true)
  const before = await device.counter()
  await page.getByRole('button', { name: 'Use a passkey' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plans')
  expect(await device.counter()).toBeGreaterThan(before)
  await page.goto('/account')
  await expect(row).not.toContainText('never')

  // What was never asked for is refused by the server, whatever a script sends.
  await page.getByRole('button', { name: 'Sign out' }).click()
  await password(page, me)
  await page.locator('form[data-passkey] [name=credential]').evaluate((input: HTMLInputElement) => {
    input.value = '{}'
    input.form?.submit()
  })
  await expect(page.getByRole('alert').first()).toContainText('cannot be read as a passkey')
  await page.getByRole('textbox', { name: 'Code' }).fill(recovery[0] ?? '')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plans')

  await page.goto('/account')
  await expect(page.getByText('9 recovery codes are left')).toBeVisible()
  await row.getByRole('button', { name: 'Remove' }).click()
  await expect(page.getByText('The passkey is removed')).toBeVisible()
  await expect(page.getByText('You have none.')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signIn(page, me)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})

test('a passkey is enough by itself, while it is known here', async ({ page, problems }) => {
  problems.expect(/401 GET \/sign-in/)
  await signUpFirstAdmin(page)
  const device = await Device.plugIn(page)
  await addPasskey(page, 'My laptop')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.goto('/plans?from=here')
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page).toHaveURL(/\/plans\?from=here$/)

  await page.goto('/account')
  await page.getByRole('button', { name: 'Remove the passkey My laptop' }).click()
  await expect(page.getByText('The passkey is removed')).toBeVisible()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await expect(page.getByRole('alert').first()).toContainText('This passkey is not right here')
  await device.unplug()
})

test.describe('scripts off', () => {
  test.use({ javaScriptEnabled: false })

  test('a page says that passkeys need scripts', async ({ page, problems }) => {
    problems.expect(/422 GET \/account/)
    await signUpFirstAdmin(page)
    await page.goto('/account')
    await expect(page.getByText('Passkeys need scripts, which are switched off in this browser.')).toBeVisible()
    await page.getByLabel('Name', { exact: true }).fill('My laptop')
    await page.getByRole('button', { name: 'Add a passkey' }).click()
    await expect(page.getByRole('alert').first()).toContainText('Passkeys need scripts')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByText('Passkeys need scripts, which are switched off in this browser.')).toBeVisible()
  })
})
