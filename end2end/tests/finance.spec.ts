/** What finance reads: spend, its files, the monthly statement. */
import { readFile } from 'node:fs/promises'
import { expect, type Page, signIn, test } from '../fixtures'

/** The cells of a file's column, as whole micro-credits. */
async function column(page: Page, link: string, name: string): Promise<bigint[]> {
  await page.locator('.menu > summary').click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: link }).click()])
  const [head = '', ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\n')
  const at = head.split(',').indexOf(name)
  expect(at, `${name} in ${head}`).toBeGreaterThanOrEqual(0)
  await page.locator('.menu > summary').click()
  return rows.map((row) => micros(row.split(',')[at] ?? ''))
}

function micros(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^([−-]?)([\d,]+)(?:\.(\d+))?$/.exec(text.trim()) ?? []
  const digits = BigInt(`${whole?.replaceAll(',', '')}${fraction.padEnd(6, '0')}`)
  return sign ? -digits : digits
}

const sum = (amounts: bigint[]) => amounts.reduce((a, b) => a + b, 0n)

for (const scripts of [true, false]) {
  test.describe(`with demo data, scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ demo: true, javaScriptEnabled: scripts })

    test('spend is seen another way by every link, and opens what is behind it', async ({ page }) => {
      // Nine pages, each of which asks for every figure.
      test.slow()
      await signIn(page)
      await page.goto('/spend?range=7d')
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Spend')
      await expect(page.locator('.proof-holds')).toContainText('difference 0')
      await expect(page.locator('.chart-columns .chart-wide a')).toHaveCount(7)
      const total = await page.locator('section:has(> header h2:text-is("Spend by model")) tfoot td').first().innerText()

      await page.getByRole('group', { name: 'By', exact: true }).getByRole('link', { name: 'Team' }).click()
      await expect(page).toHaveURL(/by=team/)
      await expect(page.getByRole('heading', { name: 'Spend by team', exact: true })).toBeVisible()
      await page.getByRole('group', { name: 'Split by' }).getByRole('link', { name: 'Model' }).click()
      await expect(page.getByRole('heading', { name: 'Spend by team and model', exact: true })).toBeVisible()
      await page.getByRole('group', { name: 'Columns' }).getByRole('link', { name: 'Cumulative' }).click()
      await expect(page).toHaveURL(/range=7d.*by=team.*split=model.*view=cumulative/)
      await expect(page.locator('.proof-holds')).toContainText('difference 0')
      const now = page.locator('section:has(> header h2:text-is("Spend by team"))')
      await expect(now.locator('tfoot td').first()).toHaveText(total)
      await page.goBack()
      await expect(page).not.toHaveURL(/view=cumulative/)

      await now.locator('tbody tr').first().locator('td.num a').click()
      await expect(page).toHaveURL(/\/transactions\?.*kind=usage|\/transactions\?.*team=.*kind=charges/)
      await expect(page.locator('tbody tr').first()).toBeVisible()
    })

    test('files hold what the page shows', async ({ page }) => {
      await signIn(page)
      await page.goto('/spend?range=7d&by=user')
      const exact = await page.locator('.tile-value [title]').first().getAttribute('title')
      const whole = micros(exact?.replace(' credits', '') ?? '')
      expect(sum(await column(page, 'Over time, CSV', 'spend'))).toBe(whole)
      expect(sum(await column(page, 'By user, CSV', 'spend'))).toBe(whole)
    })

    test('a month is filed', async ({ page, problems }) => {
      await signIn(page)
      await page.goto('/statement')
      await expect(page.locator('.proof-holds')).toContainText('difference 0')
      const lines = await page.locator('.statement-lines td').allInnerTexts()
      const amounts = lines.map((line) => micros(line.replace('+', '')))
      expect((amounts[0] ?? 0n) + (amounts.at(-2) ?? 0n)).toBe(amounts.at(-1))
      await page.emulateMedia({ media: 'print' })
      await expect(page.locator('.side')).toBeHidden()
      await expect(page.locator('.filters')).toBeHidden()
      await expect(page.locator('.statement-lines')).toBeVisible()
      await page.emulateMedia({ media: 'screen' })

      problems.expect(/422/)
      await page.goto('/statement?month=2026-13')
      await expect(page.locator('.field-error')).toContainText('is no month such as 2026-01')
    })
  })
}

test.describe('with demo data', () => {
  test.use({ demo: true })

  test('a day has the hours of its clock, by pointer and by key', async ({ page }) => {
    await signIn(page)
    await page.goto('/spend?range=today&tz=Asia/Kathmandu&step=hour')
    await expect(page.locator('.chart-columns .chart-wide a')).toHaveCount(24)
    await expect(page.getByText('days of Asia/Kathmandu').first()).toBeVisible()
    const bars = page.locator('.chart-columns .chart-wide a')
    await bars.last().focus()
    await page.keyboard.press('ArrowLeft')
    await expect(bars.nth(22)).toBeFocused()
    await expect(page.locator('.tip')).toContainText('22:00–23:00')
    await page.keyboard.press('Enter')
    await expect(page).toHaveURL(/\/transactions\?kind=charges&start=/)
    await expect(page.locator('.chip')).toContainText('22:00')
    await page.locator('.chip').click()
    await expect(page).not.toHaveURL(/start=/)
  })

  test('a tip is sent away by Escape, and Home and End go to the ends', async ({ page }) => {
    await signIn(page)
    await page.goto('/spend?range=7d')
    const bars = page.locator('.chart-columns .chart-wide a')
    await bars.last().focus()
    await expect(page.locator('.tip')).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(page.locator('.tip')).toBeHidden()
    await page.keyboard.press('Home')
    await expect(bars.first()).toBeFocused()
    await expect(page.locator('.tip')).toBeVisible()
    await page.keyboard.press('End')
    await expect(bars.last()).toBeFocused()
  })

  test('paper is light, has every column and says when', async ({ page }) => {
    await signIn(page)
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    await page.setViewportSize({ width: 688, height: 970 })
    await page.goto('/audit')
    await expect(page.getByRole('columnheader', { name: 'Change' })).toBeVisible()
    const wide = await page.locator('.table').evaluate((table) => table.scrollWidth <= document.body.clientWidth)
    expect(wide, 'the table fits the sheet').toBe(true)
    const ink = await page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--good').trim())
    expect(ink).toBe('#1a7338')
    const said = await page.locator('time.ago').first().evaluate((time) => getComputedStyle(time, '::after').content)
    expect(said).toMatch(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} /)
    await page.goto('/spend?range=7d')
    await expect(page.locator('details.more').first()).toBeHidden()
  })

  test('"Other" opens where it is, and groups are put into another order', async ({ page }) => {
    await signIn(page)
    await page.goto('/spend?range=30d&by=user&top=5')
    const groups = page.locator('#groups')
    await groups.getByRole('link', { name: /^Other \(/ }).click()
    await expect(page).toHaveURL(/rows=all#groups$/)
    await expect(groups.getByRole('link', { name: 'Show the greatest only' })).toBeVisible()
    await groups.getByRole('link', { name: 'User', exact: true }).click()
    await expect(groups.locator('th[aria-sort="ascending"]')).toHaveText(/User/)
  })

  test('a person who gets no file is told why by a page', async ({ page, problems }) => {
    await signIn(page)
    problems.expect(/422/)
    await page.goto('/export/spend.csv?by=pie')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no file to give you')
    await expect(page.getByText('by must be one of model, team, user')).toBeVisible()
  })

  test('a wrong word says which, and the way out', async ({ page, problems }) => {
    await signIn(page)
    problems.expect(/422/)
    await page.goto('/spend?by=pie')
    await expect(page.getByText('by must be one of model, team, user')).toBeVisible()
    await page.getByRole('link', { name: 'Show spend as usual' }).click()
    await expect(page.locator('.proof-holds')).toBeVisible()
  })
})

test('an empty desk teaches the first charge', async ({ page }) => {
  await signIn(page)
  await page.goto('/spend')
  await expect(page.getByText('Nothing yet: the ledger has no entry')).toBeVisible()
  await expect(page.locator('pre')).toContainText('curl')
})
