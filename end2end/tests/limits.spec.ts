/** What an admin sets: a user's plan and caps, a team with its members. With and without scripts. */
import { confirm, expect, signIn, test } from '../fixtures'

for (const scripts of [true, false]) {
  test.describe(`with demo data, scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ demo: true, javaScriptEnabled: scripts })

    test('a plan and a cap are set, replaced and taken away', async ({ page, problems }) => {
      await signIn(page)
      await page.goto('/users')
      const href = await page.locator('tbody a[href^="/users/"]').first().getAttribute('href')
      await page.goto(href ?? '')
      await page.getByLabel('Plan of this user').selectOption({ index: 1 })
      const plan = await page.getByLabel('Plan of this user').inputValue()
      await page.getByRole('button', { name: 'Set the plan' }).click()
      await expect(page.getByText('The plan is set').first()).toBeVisible()
      await expect(page.getByLabel('Plan of this user')).toHaveValue(plan)

      const caps = page.locator('#caps')
      // One model for each run, so that neither meets the cap of the other.
      const model = scripts ? 'model-a' : 'model-b'
      problems.expect(/422/)
      for (const limit of ['12.5', '20']) {
        await caps.getByRole('textbox', { name: 'Model' }).fill(model)
        await caps.getByLabel('Limit in credits').fill(limit)
        await caps.getByLabel('At the limit').selectOption('warn')
        await caps.getByRole('button', { name: 'Set the cap' }).click()
        if (limit === '12.5') {
          // Nothing has named this model: a slip of the pen is told of, and what is meant is said.
          await expect(caps.locator('.field-wrong')).toContainText('Is no model that has been charged or has a price')
          await caps.getByLabel('The name is right').check()
          await caps.getByRole('button', { name: 'Set the cap' }).click()
        }
        const change = limit === '12.5' ? 'set to 12.5 credits' : 'set: 12.5 → 20 credits'
        await expect(page.getByText(`The cap is ${change}`).first()).toBeVisible()
        const row = caps.locator('tbody tr').filter({ hasText: model })
        await expect(row).toHaveCount(1)
        await expect(row).toContainText(limit)
      }
      await caps.getByRole('textbox', { name: 'Model' }).fill(model)
      await caps.getByLabel('Limit in credits').fill('-1')
      await caps.getByRole('button', { name: 'Set the cap' }).click()
      await expect(caps.getByText('Must not be negative.')).toBeVisible()
      await expect(caps.getByLabel('Limit in credits')).toHaveValue('-1')
      await page.goto(href ?? '')
      await caps.locator('tbody tr').filter({ hasText: model }).locator('.confirm > summary').click()
      await caps.getByRole('button', { name: 'Remove the cap' }).click()
      await expect(page.getByText('The cap is gone').first()).toBeVisible()
      await expect(caps.locator('tbody tr').filter({ hasText: model })).toHaveCount(0)
    })

    test('a team is made, filled, and has members', async ({ page, problems }) => {
      await signIn(page)
      await page.goto('/teams')
      await expect(page.locator('tbody tr').filter({ hasText: 'Atlas' })).toHaveCount(1)
      const name = `Lab ${scripts ? 'one' : 'two'} <b>&`
      await page.getByLabel('Name').fill(name)
      await page.getByLabel('Credits to start with').fill('40')
      await page.getByRole('button', { name: 'Make the team' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
      await page.getByLabel('Amount in credits').fill('2.5')
      await page.getByRole('button', { name: 'Add credits', exact: true }).click()
      await expect(page.getByText('Added 2.5 credits; the balance after it is 42.5').first()).toBeVisible()
      await expect(page.locator('.tile').filter({ hasText: 'Pool' })).toContainText('42.5')

      // An id that nothing has named is asked about: it may be a slip.
      problems.expect(/409|422/)
      await page.getByLabel('User id').fill('zoe')
      await page.getByLabel('Role').selectOption('owner')
      await page.getByRole('button', { name: 'Set the member' }).click()
      if (scripts) {
        await expect(page.getByText('Names nobody yet')).toBeVisible()
        await page.getByLabel('The id is right').check()
        await page.getByRole('button', { name: 'Set the member' }).click()
      }
      await expect(page.getByText('The member is set').first()).toBeVisible()
      const row = page.locator('#members tbody tr')
      await expect(row).toHaveCount(1)
      await expect(row).toContainText('owner')
      // A team keeps an owner.
      await confirm(page, 'Remove \u2068zoe\u2069')
      await expect(page.getByText('A team keeps at least one owner')).toBeVisible()
      await expect(row).toHaveCount(1)
      // What is not changed stays: the form is filled in with the member.
      await page.getByRole('link', { name: 'Change \u2068zoe\u2069' }).click()
      await expect(page.getByLabel('User id')).toHaveValue('zoe')
      await expect(page.getByLabel('Role')).toHaveValue('owner')
    })

    test('a team page tells what was spent, by model and by member', async ({ page }) => {
      await signIn(page)
      await page.goto('/teams')
      const row = page.locator('tbody tr').first()
      const charges = await row.locator('td.num a').innerText()
      await row.locator('a[href^="/teams/"]').click()
      for (const title of ['Spend by model', 'Spend by member']) {
        const table = page.locator(`section:has(> header h2:text-is("${title}"))`)
        await expect(table.locator('tfoot td').last()).toHaveText(charges)
      }
      await page.getByRole('link', { name: 'All of them' }).click()
      await expect(page).toHaveURL(/\/transactions\?team=/)
      await expect(page.locator('tbody tr').first()).toBeVisible()
    })
  })
}
