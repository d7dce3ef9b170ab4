/** Every page in both themes: nothing serious for assistive technology, nothing lost at 320 px, and all of it by keyboard. */
import AxeBuilder from '@axe-core/playwright'
import { expect, type Page, signIn, test } from '../fixtures'
import { addressOf, PAGES, setTheme, type Theme } from '../pages'

test.use({ demo: true })

/** What axe finds that is serious or critical, a line each. */
async function faults(page: Page, name: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) =>
      nodes.slice(0, 3).map(({ target, failureSummary }) => `${name}: ${id}: ${help}: ${target.join(' ')}\n    ${failureSummary?.replace(/\n\s*/g, ' ')}`),
    )
}

/** The frame of who is signed in has an island that tells when scripts are at work; the pages before it have none. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  await page.waitForFunction(() => !document.querySelector('leptos-island[data-component^="Hands"]') || document.documentElement.classList.contains('scripted'))
}

for (const theme of ['light', 'dark'] as Theme[]) {
  test(`nothing serious on any page, ${theme}`, async ({ page }) => {
    test.setTimeout(300_000)
    const found: string[] = []
    await signIn(page)
    await setTheme(page, theme)
    for (const place of PAGES) {
      await page.goto(await addressOf(place, page))
      await settled(page)
      await expect(page.locator('html')).toHaveAttribute('data-theme', theme)
      expect(await page.getByRole('heading', { level: 1 }).count(), `${place.name} has one title`).toBe(1)
      found.push(...(await faults(page, place.name)))
    }
    expect(found).toEqual([])
  })
}

test('nothing is lost at 320 px, nor at 200 %', async ({ page }) => {
  test.setTimeout(180_000)
  await signIn(page)
  const wide: string[] = []
  for (const place of PAGES) {
    await page.setViewportSize({ width: 320, height: 640 })
    await page.goto(await addressOf(place, page))
    const over = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if ((await over()) > 0) wide.push(`${place.name} at 320 px: ${await over()} px too wide`)
    // A browser of 1280 px at 200 % lays out 640 px.
    await page.setViewportSize({ width: 640, height: 400 })
    if ((await over()) > 0) wide.push(`${place.name} at 200 %: ${await over()} px too wide`)
  }
  expect(wide).toEqual([])
})

/** Tab until the focus is on what is named, as a person without a mouse does. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 150; steps += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) {
      const ring = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement as Element)
        return style.outlineStyle !== 'none' || style.boxShadow !== 'none' || document.activeElement?.tagName === 'INPUT'
      })
      expect(ring, `${selector} shows that it has the focus`).toBe(true)
      return
    }
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not reach ${selector} on ${page.url()}`)
}

test('a customer is found and a charge refunded without a mouse', async ({ page }) => {
  test.setTimeout(60_000)
  await signIn(page)
  await page.goto('/transactions?kind=usage')
  const user = await page.locator('tbody a[href^="/users/"]').first().getAttribute('href')
  const id = decodeURIComponent(user?.replace('/users/', '') ?? '')
  await page.goto('/transactions')
  await settled(page)
  // The palette finds the customer.
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: 'A page, an action or a customer' })).toBeFocused()
  await page.keyboard.type(id)
  await expect(page.locator('#palette-list').getByRole('option').last()).toContainText('Find customer')
  const customer = page.locator(`#palette-list a[href="${user}"]`)
  await expect(customer).toContainText('Customer')
  for (let step = 0; step < 12 && (await customer.getAttribute('aria-selected')) !== 'true'; step += 1) {
    await page.keyboard.press('ArrowDown')
  }
  await page.keyboard.press('Enter')
  await page.waitForURL((url) => url.pathname === user)
  await tabTo(page, '#ledger tbody a[href^="/transactions/"]')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/transactions\/[0-9a-f-]{36}$/)
  await tabTo(page, 'a[href$="/refund"]')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/refund$/)
  await expect(page.locator('#f-amount')).toBeFocused()
  await tabTo(page, '#f-reason')
  await page.keyboard.press('ArrowDown')
  await tabTo(page, 'main form[data-once] button[type="submit"]')
  await page.keyboard.press('Enter')
  await page.waitForURL(/done=/)
  await expect(page.locator('[data-toast]')).toContainText(/Refunded/)
})

test('the keys that ? lists do what it says', async ({ page }) => {
  await signIn(page)
  await page.goto('/users')
  await settled(page)
  await page.locator('h1').click()
  await page.keyboard.press('/')
  await expect(page.getByLabel('Search users')).toBeFocused()
  // In a field a key is a letter.
  await page.keyboard.type('a/?')
  await expect(page.getByLabel('Search users')).toHaveValue('a/?')
  await page.locator('h1').click()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeHidden()
  // A page without a search box opens the palette instead.
  await page.goto('/pricing')
  await settled(page)
  await page.keyboard.press('/')
  await expect(page.getByRole('combobox', { name: 'A page, an action or a customer' })).toBeFocused()
  await page.keyboard.type('make team')
  await expect(page.locator('#palette-list').getByRole('option').first()).toContainText('Make a team')
})

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false })

  test('the menu and the list of keys open on a phone, and rows become compact', async ({ page }) => {
    await signIn(page)
    await page.setViewportSize({ width: 360, height: 700 })
    await page.goto('/users')
    await expect(page.getByRole('link', { name: 'Teams', exact: true })).toBeHidden()
    await page.getByRole('button', { name: 'Menu' }).click()
    await expect(page.getByRole('link', { name: 'Teams', exact: true })).toBeVisible()
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click()
    await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible()
    await page.goto('/users')
    await page.getByRole('button', { name: 'Menu' }).click()
    await page.getByRole('button', { name: 'compact rows' }).click()
    await expect(page.locator('html')).toHaveAttribute('data-density', 'compact')
  })
})
