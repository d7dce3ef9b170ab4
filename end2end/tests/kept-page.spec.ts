/** What a browser keeps of a page to show it at Back at once: nothing to read once its reader has signed out. */
import config from '../playwright.config'
import { expect, signIn, test } from '../fixtures'

// Playwright's browsers keep no pages unless told to.
test.use({ launchOptions: { ...config.use?.launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] } })

test('Back shows a kept page as it was, and none of its words after signing out', async ({ page, problems }) => {
  await signIn(page)
  const kept = page.waitForEvent('console', (message) => message.text() === 'kept: true')
  await page.goto('/teams')
  await page.evaluate(() => addEventListener('pageshow', (event) => console.log(`kept: ${event.persisted}`)))
  await page.getByLabel('Name').fill('Half a name')
  await page.getByRole('link', { name: 'Users' }).click()
  await page.waitForURL(/\/users$/)
  // Not goBack: it waits for a page to be loaded, and this one is not loaded again.
  await page.evaluate(() => history.back())
  await kept
  await expect(page.getByLabel('Name')).toHaveValue('Half a name')

  problems.expect(/401/)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL(/\/sign-in/)
  await page.evaluate(() => history.back())
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible()
  await expect(page.getByLabel('Name')).toHaveCount(0)
})
