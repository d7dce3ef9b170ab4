/**
 * Every page there is: what the accessibility tests open, what is photographed, what is timed. A new page joins here.
 *
 * `path` is an address, or how one is found with demo data: the first link of a page that matches, and what is put after it.
 */
import type { Page } from '@playwright/test'

export interface Place {
  /** The name of its picture. */
  name: string
  path: string | { on: string; link: string; then?: string }
  /** Before sign-in. */
  open?: boolean
  /** Opened by itself it has nothing to show. */
  unpictured?: boolean
}

export const PAGES: Place[] = [
  { name: 'sign-in', path: '/sign-in', open: true },
  { name: 'sign-in-code', path: '/sign-in/code', open: true, unpictured: true },
  { name: 'send-again', path: '/send-again', open: true, unpictured: true },
  { name: 'error-codes', path: '/docs/errors', open: true },
  { name: 'shortcuts', path: '/help/shortcuts', open: true },
  { name: 'overview', path: '/' },
  { name: 'spend', path: '/spend' },
  { name: 'statement', path: '/statement' },
  { name: 'users', path: '/users' },
  { name: 'user', path: { on: '/caps', link: 'tbody a[href^="/users/"]' } },
  { name: 'transactions', path: '/transactions' },
  { name: 'transaction', path: { on: '/transactions?kind=usage', link: 'tbody a[href^="/transactions/"]' } },
  { name: 'refund', path: { on: '/transactions?kind=usage', link: 'tbody a[href^="/transactions/"]', then: '/refund' } },
  { name: 'teams', path: '/teams' },
  { name: 'team', path: { on: '/teams', link: 'tbody a[href^="/teams/"]' } },
  { name: 'caps', path: '/caps' },
  { name: 'cap-trial', path: '/caps/try?who=everyone&window=daily&limit=50&effect=deny&days=30' },
  { name: 'expiry', path: '/expiry?days=90&dry=1' },
  { name: 'plans', path: '/plans' },
  { name: 'plan', path: { on: '/plans', link: 'tbody a[href^="/plans/"]' } },
  { name: 'plan-new', path: '/plans/new' },
  { name: 'pricing', path: '/pricing' },
  { name: 'pricing-version', path: '/pricing/versions/1' },
  { name: 'pricing-editor', path: '/pricing/new?from=1' },
  { name: 'pricing-diff', path: '/pricing/diff?from=1&to=2' },
  { name: 'pricing-import', path: '/pricing/import' },
  { name: 'backtests', path: '/pricing/backtest' },
  { name: 'approvals', path: '/approvals' },
  { name: 'audit', path: '/audit' },
  { name: 'audit-entry', path: '/audit/1' },
  { name: 'account', path: '/account' },
  { name: 'settings', path: '/settings' },
  { name: 'people', path: '/settings/people' },
  { name: 'keys', path: '/settings/keys' },
  { name: 'webhooks', path: '/settings/webhooks' },
  { name: 'health', path: '/settings/health' },
  { name: 'setup', path: '/setup' },
]

/** The address of a place on the server at hand. */
export async function addressOf(place: Place, page: Page): Promise<string> {
  if (typeof place.path === 'string') return place.path
  await page.goto(place.path.on)
  const href = await page.locator(place.path.link).first().getAttribute('href')
  if (!href) throw new Error(`no link for the page "${place.name}" on ${place.path.on}`)
  return href + (place.path.then ?? '')
}

export type Theme = 'light' | 'dark'

export async function setTheme(page: Page, theme: Theme): Promise<void> {
  await page.context().addCookies([{ name: 'theme', value: theme, url: new URL(page.url()).origin }])
}
