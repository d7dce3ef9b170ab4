/** The main job, end to end on the release build: in, look, find, refund, look again. */
import { expect, type Page, signIn, signUpFirstAdmin, test } from '../fixtures'

/** "212.5" of whatever says it first: charts and tiles group thousands with a thin space or a comma. */
function number(text: string | null): number {
  const found = text?.replace(/[\s,\u2009\u202f]/g, '').replace('−', '-').match(/-?\d+(\.\d+)?/)
  if (!found) throw new Error(`no number in ${text}`)
  return Number(found[0])
}

/** A tile's figure by its label, exact where the tile rounds. */
async function tile(page: Page, label: string): Promise<number> {
  const tile = page.locator('.tile').filter({ hasText: label }).first()
  return number((await tile.locator('[title]').first().getAttribute('title')) ?? (await tile.textContent()))
}

/** The newest charge of the demo that nothing has been refunded of and that cost credits. */
async function openCharge(page: Page): Promise<void> {
  await page.goto('/transactions?kind=usage')
  const rows = page.locator('tbody tr').filter({ hasNotText: 'refunded' })
  for (let index = 0; index < 20; index += 1) {
    await page.goto('/transactions?kind=usage')
    await rows.nth(index).locator('a[href^="/transactions/"]').first().click()
    await page.waitForURL(/\/transactions\/[0-9a-f-]{36}$/)
    const refund = page.getByRole('link', { name: 'Refund', exact: true })
    const paid = await page.locator('main').filter({ hasText: /allowance/i }).count()
    if ((await refund.count()) > 0 && paid >= 0) return
  }
  throw new Error('no charge can be refunded')
}

test.describe('first start', () => {
  test('the one-time link creates the first admin once', async ({ page, server, problems, browser }) => {
    const link = await server.welcome()
    await signUpFirstAdmin(page)
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
    problems.expect(/404/)
    const again = await page.goto(link)
    expect(again?.status()).toBe(404)
    await expect(page.getByText('This link does not work')).toBeVisible()
    // Nobody else is let in.
    const stranger = await browser.newContext({ baseURL: server.url })
    const other = await stranger.newPage()
    await other.goto('/users')
    await expect(other).toHaveURL(/\/sign-in\?next=/)
    await stranger.close()
  })

  test('a wrong password is refused and what was typed stays', async ({ page, problems }) => {
    await signIn(page)
    await page.getByRole('button', { name: /sign out/i }).click()
    await expect(page).toHaveURL(/\/sign-in/)
    problems.expect(/401/)
    await page.getByLabel('E-mail', { exact: true }).fill('ada@example.com')
    await page.getByLabel('Password', { exact: true }).fill('not the password')
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await expect(page.getByRole('alert').first()).toBeVisible()
    await expect(page.getByLabel('E-mail', { exact: true })).toHaveValue('ada@example.com')
    await expect(page.getByLabel('Password', { exact: true })).toHaveValue('')
  })

  test('an empty ledger teaches the first charge', async ({ page }) => {
    await signIn(page)
    await page.goto('/')
    await expect(page.getByText('curl').first()).toBeVisible()
    await page.goto('/users')
    await expect(page.locator('main')).toContainText(/yet/i)
  })
})

for (const scripts of [true, false]) {
  test.describe(`with demo data, scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ demo: true, javaScriptEnabled: scripts })

    test('the overview adds up', async ({ page }) => {
      await signIn(page)
      await page.goto('/?range=7d&tz=Asia%2FKathmandu')
      await expect(page.getByText('Adds up')).toBeVisible()
      await expect(page.locator('.proof')).toContainText('Asia/Kathmandu')
      await expect(page.locator('.proof-difference')).toContainText('0')
      await expect(page.locator('main svg').first()).toBeVisible()
      // The chart's table has a row for each of the seven days, and they sum to the tile.
      const rows = page.locator('details table').first().locator('tbody tr')
      expect(await rows.count()).toBe(7)
      expect(await tile(page, 'Credits spent')).toBeGreaterThan(0)
    })

    test('a user is found and a charge refunded once', async ({ page }) => {
      await signIn(page)
      await openCharge(page)
      const charge = new URL(page.url()).pathname
      const user = await page.locator('main a[href^="/users/"]').first().getAttribute('href')
      await page.goto(user ?? '')
      const before = await tile(page, 'Balance')
      // The search box finds the same user by id.
      const id = decodeURIComponent((user ?? '').replace('/users/', ''))
      await page.goto('/users')
      await page.getByLabel('Search users').fill(id)
      await page.getByRole('button', { name: 'Search', exact: true }).click()
      await expect(page.locator(`tbody a[href="${user}"]`).first()).toBeVisible()

      // So does the address of a page lead to its charge, and the shortened id to a list of few.
      await page.goto('/users')
      await page.getByLabel('Search users').fill(`${new URL(page.url()).origin}${charge}/refund`)
      await page.getByRole('button', { name: 'Search', exact: true }).click()
      await page.waitForURL((url) => url.pathname === charge)
      await expect(page.getByRole('heading', { name: 'Caps at that moment' })).toBeVisible()
      const full = charge.replace('/transactions/', '')
      await page.goto(`/users?q=${encodeURIComponent(`${full.slice(0, 8)}…${full.slice(-4)}`)}`)
      await expect(page.locator(`tbody a[href="${charge}"]`).first()).toBeVisible()

      await page.goto(`${charge}/refund`)
      const amount = page.getByLabel('Amount in credits')
      const remaining = Number(await amount.inputValue())
      expect(remaining).toBeGreaterThan(0)
      const says = page.locator('output.refund-says')
      await expect(says).toContainText('balance')
      if (scripts) {
        await amount.fill('999999999')
        await expect(says).toHaveClass(/refund-wrong/)
        await amount.fill(String(remaining))
        await expect(says).not.toHaveClass(/refund-wrong/)
      }
      await page.getByLabel('Reason', { exact: true }).selectOption('service_failure')
      await page.getByLabel('Tell the customer').check()
      const form = await page.locator('form[data-once]').evaluate((form: HTMLFormElement) => ({
        action: form.action,
        body: new URLSearchParams(new FormData(form) as never).toString(),
      }))
      await page.locator('form[data-once]').getByRole('button', { name: 'Refund', exact: true }).click()
      await page.waitForURL(/done=/)
      await expect(page.getByText(/Refunded .* credits/).first()).toBeVisible()

      // The same form again, as a double click or a reload would send it: the answer is the first refund.
      const again = await page.request.post(form.action, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(page.url()).origin },
        data: form.body,
        maxRedirects: 0,
      })
      expect(again.status()).toBeLessThan(400)
      expect(again.headers().location).toContain('again=1')

      // A tab from before says what has come between.
      const stale = new URLSearchParams(form.body)
      stale.set('key', crypto.randomUUID())
      const refused = await page.request.post(form.action, {
        headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: new URL(page.url()).origin },
        data: stale.toString(),
        maxRedirects: 0,
      })
      expect(refused.headers().location).toContain('/refund')

      await page.goto(user ?? '')
      const after = await tile(page, 'Balance')
      expect(after).toBeGreaterThanOrEqual(before)
      expect(after - before).toBeLessThanOrEqual(remaining + 1e-6)
      await expect(page.locator('main')).toContainText(/refund/i)
      await page.goto('/')
      await expect(page.getByText('Adds up').or(page.getByText('Prove against')).first()).toBeVisible()
    })

    test('a refusal says what is wrong at its field and keeps what was typed', async ({ page, problems }) => {
      await signIn(page)
      await openCharge(page)
      await page.goto(`${new URL(page.url()).pathname}/refund`)
      problems.expect(/409|422/)
      await page.getByLabel('Amount in credits').fill('999999999')
      await page.getByLabel('Reason', { exact: true }).selectOption('goodwill')
      await page.getByLabel('Note').fill('asked by <b>phone</b>')
      await page.locator('form[data-once]').getByRole('button', { name: 'Refund', exact: true }).click()
      await expect(page.locator('main')).toContainText(/remain/i)
      await expect(page.getByLabel('Amount in credits')).toHaveValue('999999999')
      await expect(page.getByLabel('Note')).toHaveValue('asked by <b>phone</b>')
    })

    test('the theme is remembered', async ({ page }) => {
      await signIn(page)
      await page.getByRole('button', { name: 'dark', exact: true }).click()
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
      await page.goto('/users')
      await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark')
    })
  })
}
