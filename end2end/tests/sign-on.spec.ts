/** Sign-on by an identity provider, a real one. With and without scripts. */
import { test as base, expect, type Page, signUpFirstAdmin } from '../fixtures'
import { IdentityProvider } from '../provider'
import { Server } from '../server'

const test = base.extend<{ provider: IdentityProvider; passwords: boolean }>({
  passwords: [true, { option: true }],

  provider: async ({}, use) => {
    const provider = await IdentityProvider.start()
    await use(provider)
    await provider.stop()
  },

  server: async ({ provider, passwords }, use) => {
    const server = await Server.start({
      demo: false,
      env: {
        CREDITDESK_OIDC_ISSUER: provider.issuer,
        CREDITDESK_OIDC_CLIENT_ID: 'desk',
        CREDITDESK_OIDC_CLIENT_SECRET: 'quiet',
        CREDITDESK_OIDC_NAME: 'Example',
        CREDITDESK_PASSWORD_SIGN_IN: String(passwords),
      },
    })
    await provider.serve(server.url)
    await use(server)
    await server.stop()
  },
})

/** From the sign-in page to the provider, and back. */
async function signOn(page: Page, login: string): Promise<void> {
  await page.getByRole('link', { name: 'Sign in with Example' }).click()
  await page.getByLabel('Login').fill(login)
  await page.getByRole('button', { name: 'Log in' }).click()
}

for (const scripts of [true, false]) {
  test.describe(`scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled: scripts })

    test('whom the provider proves comes in, and opens what they asked for', async ({ page, provider, problems }) => {
      problems.allow(provider.issuer)
      problems.expect(/403 GET \/sign-in/)
      problems.expect(/401 GET \/sign-in/)
      const admin = await signUpFirstAdmin(page)
      provider.people.set('1', { email: admin.email.toUpperCase(), email_verified: true, name: 'Ada' })
      provider.people.set('2', { email: 'ben@example.com', email_verified: true, name: 'Ben Below' })
      provider.people.set('3', { email: admin.email, email_verified: false })
      await page.getByRole('button', { name: 'Sign out' }).click()
      await expect(page.getByLabel('Password', { exact: true })).toBeVisible()

      await page.goto('/plans?from=here')
      await page.getByRole('link', { name: 'Sign in with Example' }).click()
      await page.getByRole('button', { name: 'Cancel' }).click()
      await expect(page.getByRole('alert')).toContainText('Example did not let you in')
      await signOn(page, '3')
      await expect(page.getByRole('alert')).toContainText('has not verified')

      await page.context().clearCookies()
      await page.goto('/plans?from=here')
      await signOn(page, '1')
      await expect(page).toHaveURL(/\/plans\?from=here$/)
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Plans')
      await page.goto('/account')
      await expect(page.getByText(admin.email)).toBeVisible()

      await page.goto('/settings/people')
      await page.getByLabel('E-mail').fill('ben@example.com')
      await page.getByRole('button', { name: 'Make the link' }).click()
      await expect(page.getByText('Send them this link')).toBeVisible()
      await page.context().clearCookies()
      await page.goto('/sign-in?next=%2Fusers')
      await signOn(page, '2')
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Users')
      await page.goto('/account')
      await expect(page.getByText('Ben Below').first()).toBeVisible()
      await expect(page.getByText('ben@example.com').first()).toBeVisible()
    })

    test('a stranger is told to ask for an invitation', async ({ page, provider, problems }) => {
      problems.allow(provider.issuer)
      problems.expect(/403 GET \/sign-in/)
      provider.people.set('9', { email: 'eve@example.com', email_verified: true })
      await page.goto('/sign-in')
      await signOn(page, '9')
      await expect(page.getByRole('alert')).toContainText('eve@example.com has no account here: ask an admin to invite you')
    })

    test('a provider that is down is said to be', async ({ page, provider, problems }) => {
      problems.expect(/503 GET \/sign-in/)
      await provider.stop()
      await page.goto('/sign-in')
      await page.getByRole('link', { name: 'Sign in with Example' }).click()
      await expect(page.getByRole('alert')).toContainText('Example cannot be reached just now')
      await expect(page.getByLabel('Password', { exact: true })).toBeVisible()
    })
  })
}

test.describe('without passwords', () => {
  test.use({ passwords: false })

  test('the provider is the only way in', async ({ page, provider, problems }) => {
    problems.allow(provider.issuer)
    const admin = await signUpFirstAdmin(page)
    provider.people.set('1', { email: admin.email, email_verified: true })
    await page.getByRole('button', { name: 'Sign out' }).click()
    await expect(page.getByRole('link', { name: 'Sign in with Example' })).toBeVisible()
    await expect(page.getByLabel('Password', { exact: true })).toHaveCount(0)
    await signOn(page, '1')
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText(admin.name).first()).toBeVisible()
  })
})
