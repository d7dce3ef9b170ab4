/** One's own account: two-step sign-in, and a long form whose session had ended. With and without scripts. */
import { createHmac } from 'node:crypto'
import { expect, type Page, signIn, test } from '../fixtures'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** What an authenticator with this key shows now (RFC 6238). */
function codeOf(key: string): string {
  const bits = [...key.replace(/\s/g, '')].map((c) => ALPHABET.indexOf(c).toString(2).padStart(5, '0')).join('')
  const secret = Uint8Array.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(Date.now() / 30_000)))
  const hash = createHmac('sha1', secret).update(counter).digest()
  const number = hash.readUInt32BE(hash.readUInt8(19) & 15) & 0x7fffffff
  return (number % 1_000_000).toString().padStart(6, '0')
}

/** Sets an authenticator up for whoever is signed in, and gives a recovery code. */
async function turnOn(page: Page): Promise<string> {
  await page.goto('/account')
  await page.getByRole('button', { name: 'Set it up' }).click()
  const key = (await page.locator('#two-step .copy-id code').textContent()) ?? ''
  await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(key))
  await page.getByRole('button', { name: 'Turn it on' }).click()
  await expect(page.getByText('Two-step sign-in is on', { exact: true })).toBeVisible()
  return (await page.locator('.codes code').first().textContent()) ?? ''
}

for (const scripts of [true, false]) {
  test.describe(`scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ demo: false, javaScriptEnabled: scripts })

    test('two-step sign-in is set up, asked for, and turned off', async ({ page, problems }) => {
      problems.expect(/422 GET \/account/)
      problems.expect(/401 GET \/sign-in\/code/)
      const me = await signIn(page)
      await page.goto('/account')
      await page.getByRole('button', { name: 'Set it up' }).click()
      await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible()
      const key = (await page.locator('#two-step .copy-id code').textContent()) ?? ''
      const wrong = codeOf(key) === '000000' ? '000001' : '000000'
      await page.getByRole('textbox', { name: 'Code' }).fill(wrong)
      await page.getByRole('button', { name: 'Turn it on' }).click()
      await expect(page.locator('.field-error')).toContainText('This code is not right')
      await page.getByRole('textbox', { name: 'Code' }).fill(codeOf(key))
      await page.getByRole('button', { name: 'Turn it on' }).click()
      await expect(page.getByText('Two-step sign-in is on', { exact: true })).toBeVisible()
      const recovery = await page.locator('.codes code').allTextContents()
      expect(recovery).toHaveLength(10)
      await page.reload()
      await expect(page.locator('.codes')).toHaveCount(0)
      await expect(page.getByText('10 recovery codes are left')).toBeVisible()
      await page.goto('/settings/people')
      await expect(page.locator('tbody tr').filter({ hasText: me.email })).toContainText('two-step')

      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.goto('/plans')
      await signIn(page)
      await expect(page.getByText('Your password is right')).toBeVisible()
      await page.getByRole('textbox', { name: 'Code' }).fill(wrong)
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await expect(page.locator('.field-error')).toContainText('This code is not right')
      await page.getByRole('textbox', { name: 'Code' }).fill((recovery[0] ?? '').toUpperCase())
      await page.getByRole('button', { name: 'Sign in', exact: true }).click()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plans')

      await page.goto('/account')
      await page.getByRole('textbox', { name: 'Code' }).fill(recovery[1] ?? '')
      await page.getByRole('button', { name: 'Turn it off' }).click()
      await expect(page.getByText('The authenticator is off')).toBeVisible()
      await expect(page.getByRole('button', { name: 'Set it up' })).toBeVisible()
    })

    test('two steps are asked of everybody, and lock nobody out', async ({ page, browser, server, problems }) => {
      problems.expect(/409 GET \/settings\/people/)
      await signIn(page)
      await page.goto('/settings/people')
      await page.getByRole('button', { name: 'Ask everybody for two steps' }).click()
      await expect(page.getByText('Set up a second step of your own first')).toBeVisible()

      await page.getByLabel('E-mail').fill(`ben-${scripts}@example.com`)
      await page.getByRole('button', { name: 'Make the link' }).click()
      const link = (await page.locator('#invite .copy-id code').textContent()) ?? ''
      const recovery = await turnOn(page)
      await page.goto('/settings/people')
      await page.getByRole('button', { name: 'Ask everybody for two steps' }).click()
      await expect(page.getByText('It is on, and everybody has a second step.')).toBeVisible()

      const other = await browser.newContext({ javaScriptEnabled: scripts, baseURL: server.url })
      const ben = await other.newPage()
      await ben.goto(new URL(link).pathname)
      await ben.getByLabel('Name', { exact: true }).fill('Ben Below')
      await ben.getByLabel('Password', { exact: true }).fill('correct horse battery staple')
      await ben.getByRole('button', { name: 'Join' }).click()
      await expect(ben).toHaveURL(/\/account$/)
      await expect(ben.getByText('Set up a second step to go on')).toBeVisible()
      await ben.goto('/users')
      await expect(ben).toHaveURL(/\/account$/)
      await expect(ben.getByRole('navigation', { name: 'Pages' })).toHaveCount(0)
      await turnOn(ben)
      await ben.goto('/users')
      await expect(ben.getByRole('heading', { level: 1 })).toHaveText('Users')
      await other.close()

      await page.getByRole('button', { name: 'Ask no longer' }).click()
      await expect(page.getByText('It is off:')).toBeVisible()
      // The next test signs in by the password alone.
      await page.goto('/account')
      await page.getByRole('textbox', { name: 'Code' }).fill(recovery)
      await page.getByRole('button', { name: 'Turn it off' }).click()
      await expect(page.getByText('The authenticator is off')).toBeVisible()
    })

    test('a long text survives the end of a session', async ({ page, context, problems }) => {
      problems.expect(/401 POST \/ui\/save_draft/)
      await signIn(page)
      await page.goto('/pricing/new')
      const text = JSON.stringify({ models: { _default: `input_tokens * 0.001${' + 0'.repeat(600)}` } })
      await page.getByLabel('Configuration, as JSON').fill(text)
      await context.clearCookies({ name: 'creditdesk' })
      await page.getByRole('button', { name: 'Save and check' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your session had ended')
      await expect(page.getByLabel('What you typed')).toHaveValue(text)
      const beside = context.waitForEvent('page')
      await page.getByRole('link', { name: 'Sign in' }).click()
      const other = await beside
      await signIn(other)
      await other.close()
      await page.getByRole('button', { name: 'Send again' }).click()
      await expect(page).toHaveURL(/\/pricing\/drafts\//)
      await expect(page.getByLabel('Configuration, as JSON')).toHaveValue(text)
    })
  })
}
