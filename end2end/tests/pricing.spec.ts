/** Prices: a draft with its live check, published and activated; a plan edited; past usage priced anew. With and without scripts. */
import { expect, signIn, test } from '../fixtures'

for (const scripts of [true, false]) {
  test.describe(`with demo data, scripts ${scripts ? 'on' : 'off'}`, () => {
    test.use({ demo: true, javaScriptEnabled: scripts })

    test('a draft is checked as it is typed, published and activated', async ({ page, problems }) => {
      await signIn(page)
      await page.goto('/pricing')
      await page.getByRole('link', { name: 'New version' }).click()
      const text = page.getByLabel('Configuration, as JSON')
      const good = await text.inputValue()
      const check = page.locator('#verdict')
      await expect(check).toContainText('No faults')
      const broken = good.replace('input_tokens *', 'input_tokens * *')
      await text.fill(broken)
      if (!scripts) await page.getByRole('button', { name: 'Save and check' }).click()
      await expect(check).toContainText('1 fault')
      await expect(text).toHaveValue(broken)
      if (scripts) {
        await check.getByRole('button').click()
        await expect(text).toBeFocused()
        expect(await text.evaluate((area: HTMLTextAreaElement) => area.value[area.selectionStart])).toBe('*')
      }
      const price = page.locator('#sample-price')
      const floor = scripts ? 7 : 8
      const config = JSON.parse(good)
      const model = Object.keys(config.models).find((name) => name !== '_default') ?? ''
      config.min_balance = floor
      config.models[model] = 'input_tokens * 0.5'
      await text.fill(JSON.stringify(config, null, 2))
      await page.locator('input[name="sample[model]"]').fill(model)
      await page.locator('input[name="sample[input_tokens]"]').fill('10')
      if (!scripts) await page.getByRole('button', { name: 'Save and check' }).click()
      await expect(price.locator('.sample-total')).toContainText('5 credits')
      await page.getByLabel('Label').fill(`Dearer ${floor}`)
      await page.getByRole('button', { name: 'Save and review' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toContainText(`Dearer ${floor}`)
      await expect(page.getByRole('row').filter({ hasText: 'floor' })).toContainText(String(floor))
      await page.getByRole('button', { name: 'Publish as a version' }).click()
      await expect(page.getByText('it prices nothing until it is activated')).toBeVisible()
      const confirm = page.getByLabel(/^Type \d+ to confirm$/)
      const version = (await page.getByRole('heading', { level: 1 }).textContent())?.match(/\d+/)?.[0] ?? ''
      problems.expect(/422/)
      await confirm.fill('0')
      await page.getByRole('button', { name: `Activate version ${version}` }).click()
      await expect(page.getByText('the number of the version')).toBeVisible()
      await confirm.fill(version)
      await page.getByRole('button', { name: `Activate version ${version}` }).click()
      await expect(page.getByText(`Version ${version} is active`)).toBeVisible()
    })

    test('a plan is edited, and says whom it touches', async ({ page }) => {
      await signIn(page)
      await page.goto('/plans')
      await page.locator('tbody a').first().click()
      await page.getByRole('link', { name: 'Edit the plan' }).click()
      const allowance = page.getByLabel('Allowance a month, in credits')
      const formula = page.getByLabel('Credits for one call').last()
      await allowance.fill('12,5')
      await page.getByLabel('Model').last().fill('some-model')
      await formula.fill('input_tokens * (')
      if (scripts) {
        await expect(page.locator('.formula-says').last()).not.toBeEmpty()
      }
      await page.getByRole('button', { name: 'Save and review' }).click()
      await expect(page.getByText('2 faults to mend; what was typed is kept')).toBeVisible()
      await expect(allowance).toHaveValue('12,5')
      await expect(page.locator('input[value="input_tokens * ("]')).toHaveCount(1)
      await allowance.fill('12.5')
      await page.locator('input[value="input_tokens * ("]').fill('input_tokens * 0.25')
      await page.getByRole('button', { name: 'Save and review' }).click()
      const affected = page.locator('#affected')
      await expect(affected).toContainText('12.5')
      await expect(affected.locator('tbody tr')).toHaveCount(1)
    })

    test('a version activated while a draft is typed is told before the draft is published', async ({ page }) => {
      await signIn(page)
      await page.goto('/pricing/new')
      const text = page.getByLabel('Configuration, as JSON')
      const config = JSON.parse(await text.inputValue())
      const other = await page.context().newPage()
      await other.goto('/pricing')
      await other.getByRole('link', { name: /^(Roll back to|Activate) version \d+…$/ }).first().click()
      const confirm = other.getByLabel(/^Type \d+ to confirm$/)
      const version = (await other.getByRole('heading', { level: 1 }).textContent())?.match(/\d+/)?.[0] ?? ''
      await confirm.fill(version)
      await other.getByRole('button', { name: `Activate version ${version}` }).click()
      await expect(other.getByText(`Version ${version} is active`)).toBeVisible()
      await other.close()
      config.min_balance = scripts ? 21 : 22
      await text.fill(JSON.stringify(config, null, 2))
      await page.getByRole('button', { name: 'Save and review' }).click()
      await expect(page.locator('#conflict')).toContainText(`Version ${version} became active since this draft was begun`)
      await page.getByRole('button', { name: `Put the draft on top of version ${version}` }).click()
      await expect(page.getByText('on top of the active version')).toBeVisible()
      await page.getByRole('button', { name: 'Discard' }).click()
      await expect(page.getByText('The draft is gone')).toBeVisible()
    })

    test('a plan keeps what was typed, whatever is wrong with it', async ({ page }) => {
      await signIn(page)
      await page.goto('/plans/new')
      await page.getByLabel('Key', { exact: true }).fill('  ')
      await page.getByLabel('Name', { exact: true }).fill('Kept')
      const value = page.getByLabel('Value', { exact: true }).first()
      await page.getByLabel('Feature', { exact: true }).first().fill('sso')
      await page.getByLabel('Type of the value').first().selectOption('yes')
      await expect(value).toBeHidden()
      await page.getByLabel('Type of the value').first().selectOption('text')
      await value.fill('600')
      await page.getByLabel('Type of the value').first().selectOption('yes')
      await expect(value).toBeVisible()
      await page.getByRole('button', { name: 'Save and review' }).click()
      await expect(page.getByText('2 faults to mend; what was typed is kept')).toBeVisible()
      await expect(page.getByText('of type yes has no value')).toBeVisible()
      await expect(page.getByLabel('Name', { exact: true })).toHaveValue('Kept')
      await expect(value).toHaveValue('600')
    })

    test('the rows of a plan survive the end of a session, however short', async ({ page, context, problems }) => {
      problems.expect(/401 POST \/ui\/save_plan/)
      await signIn(page)
      await page.goto('/plans/new')
      const key = `kept-${scripts ? 'a' : 'b'}`
      await page.getByLabel('Key', { exact: true }).fill(key)
      await page.getByLabel('Name', { exact: true }).fill(`Kept ${key}`)
      await page.getByLabel('Feature', { exact: true }).first().fill('seats')
      await page.getByLabel('Value', { exact: true }).first().fill('three')
      await context.clearCookies({ name: 'creditdesk' })
      await page.getByRole('button', { name: 'Save and review' }).click()
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your session had ended')
      const beside = context.waitForEvent('page')
      await page.getByRole('link', { name: 'Sign in' }).click()
      const other = await beside
      await signIn(other)
      await other.close()
      await page.getByRole('button', { name: 'Send again' }).click()
      await expect(page).toHaveURL(/\/pricing\/drafts\/.*\/review/)
      await expect(page.locator('#affected')).toContainText('feature seats')
    })

    test('past usage is priced anew', async ({ page }) => {
      await signIn(page)
      await page.goto('/pricing/backtest')
      await page.getByLabel('Usage').selectOption('7')
      await page.getByRole('button', { name: 'Run the back-test' }).click()
      await expect(page.getByRole('heading', { name: 'By model' })).toBeVisible({ timeout: 20_000 })
      await expect(page.locator('.tile').filter({ hasText: 'Price before allowances' })).toContainText('as charged')
      await expect(page.getByRole('heading', { name: 'Who would have gone short' })).toBeVisible()
    })
  })
}

test.describe('a price list', () => {
  test.use({ demo: true })

  test('is given as text, and chosen models become a draft', async ({ page, problems }) => {
    await signIn(page)
    await page.goto('/pricing/import')
    const list = { 'lab-one': { input_cost_per_token: 2.5e-6, output_cost_per_token: 1e-5, litellm_provider: 'lab', mode: 'chat' },
      'lab-two': { output_cost_per_image: 0.1, litellm_provider: 'lab' } }
    problems.expect(/422 POST \/pricing\/import\/upload/)
    await page.getByLabel('Or its text').fill('{"lab-one": ')
    await page.getByRole('button', { name: 'Choose models…' }).click()
    await expect(page.getByText('This is no price list')).toBeVisible()
    await expect(page.getByLabel('Or its text')).toHaveValue('{"lab-one": ')
    await page.getByLabel('Or its text').fill(JSON.stringify(list))
    await page.getByRole('button', { name: 'Choose models…' }).click()
    await page.getByLabel('Credits per USD').fill('200')
    await page.getByRole('button', { name: 'Show' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'lab-two' }).getByRole('checkbox')).toBeDisabled()
    await page.getByLabel('lab-one').check()
    await page.getByRole('button', { name: 'Make a draft of the ticked' }).click()
    await expect(page.getByRole('row').filter({ hasText: 'lab-one' })).toContainText('input_tokens * 0.0005')
  })
})
