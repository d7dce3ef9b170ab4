/** Users whose ids are anything that a caller may send: shown as they are on every page, and never executed. */
import { expect, signIn, test } from '../fixtures'

const NAMES = [
  '👩‍🚀🦀 crème brûlée',
  'مرحبا بالعالم',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  `${'w'.repeat(240)}-last`,
  'a/b?c#d%25&e=f',
]

for (const scripts of [true, false]) {
  test.describe(`scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ javaScriptEnabled: scripts })

    // Both runs share a server, and each has users of its own.
    const names = NAMES.map((name) => `${name} ${scripts ? 'on' : 'off'}`)

    test('names of every kind are shown right on every page', async ({ page, problems }) => {
      test.setTimeout(90_000)
      let alerts = 0
      page.on('dialog', (dialog) => {
        alerts += 1
        return dialog.dismiss()
      })
      await signIn(page)
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
      for (const name of names) {
        problems.expect(/404 GET \/users\//)
        await page.goto(`/users/${encodeURIComponent(name)}`)
        const add = page.locator('#add-credits')
        await add.getByLabel('Amount in credits').fill('5')
        await add.getByLabel('Usable until').fill(tomorrow)
        await add.getByLabel('Note').fill(`for ${name}`)
        await add.getByRole('button', { name: 'Add credits' }).click()
        await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
        await expect(page.locator('[data-toast]')).toContainText('Added 5 credits')
        expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
        await page.goto('/caps')
        const set = page.locator('#set')
        await set.getByLabel('User id').fill(name)
        await set.getByLabel('Limit in credits').fill('9')
        await set.getByRole('button', { name: 'Set the cap' }).click()
        await expect(page.locator('[data-toast]')).toContainText(name)
        await expect(page.locator('tbody .id-link').filter({ hasText: name })).toHaveCount(1)
      }
      for (const path of ['/users', '/transactions', '/caps', '/expiry']) {
        for (const width of [1280, 320]) {
          await page.setViewportSize({ width, height: 700 })
          await page.goto(path)
          for (const name of names) await expect(page.locator('tbody .id-link').filter({ hasText: name }).first()).toHaveText(name)
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
          expect(over, `${path} at ${width} px`).toBeLessThanOrEqual(0)
        }
      }
      expect(alerts).toBe(0)
    })
  })
}
