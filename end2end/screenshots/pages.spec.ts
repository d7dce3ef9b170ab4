/**
 * A picture of every page, as the README shows them: 1280 px wide in light, the overview in dark, three pages on a phone.
 * The demo is made from a seed, so that only its dates change.
 */
import { join } from 'node:path'
import { type Page, signIn, test } from '../fixtures'
import { addressOf, PAGES, setTheme, type Theme } from '../pages'

const IMAGES = join(__dirname, '../../docs/images')
const DARK = ['overview', 'user']
const PHONE = ['overview', 'user', 'refund']

test.use({ demo: true })

async function picture(page: Page, name: string, theme: Theme, width: number, height: number): Promise<void> {
  await page.setViewportSize({ width, height })
  const place = PAGES.find((place) => place.name === name)
  if (!place) throw new Error(`no page ${name}`)
  await page.goto(await addressOf(place, page))
  await page.evaluate(() => document.fonts.ready)
  if (!place.open) await page.waitForSelector('html.scripted')
  // Nothing blinks, and no field has the focus by itself.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  const kind = width < 600 ? 'phone' : theme
  await page.screenshot({ path: join(IMAGES, `${name}-${kind}.png`), animations: 'disabled', caret: 'hide' })
}

test('every page', async ({ page }) => {
  await signIn(page)
  await setTheme(page, 'light')
  for (const { name } of PAGES.filter((place) => !place.unpictured)) await picture(page, name, 'light', 1280, 860)
  for (const name of PHONE) await picture(page, name, 'light', 390, 760)
  await setTheme(page, 'dark')
  for (const name of DARK) await picture(page, name, 'dark', 1280, 860)
})
