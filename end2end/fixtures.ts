/**
 * What every browser test starts from:
 *
 *     import { expect, signIn, test } from '../fixtures'
 *     test.use({ demo: true })                     // demo data; without it an empty database
 *     test.use({ javaScriptEnabled: false })       // as in a browser without scripts
 *
 * Each file has a server of its own, shared by its tests; a test that fails makes the next one begin with a fresh one.
 * `page` fails its test on whatever goes wrong behind it: see problems.ts, and `problems.expect(/…/)` where it is meant.
 */
import { join } from 'node:path'
import { type BrowserContext, type Locator, type Page, test as base, expect } from '@playwright/test'
import { Problems } from './problems'
import { type Person, Server } from './server'

export { expect, type Page, type Person }

interface TestFixtures {
  /** Whether the server starts with demo data. */
  demo: boolean
  server: Server
  problems: Problems
}

interface WorkerFixtures {
  servers: Servers
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  demo: [false, { option: true }],

  servers: [
    async ({}, use) => {
      const servers = new Servers()
      await use(servers)
      await servers.stop()
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  server: [
    async ({ servers, demo }, use, info) => {
      const server = await servers.of(info.file, demo)
      const before = server.log.length
      await use(server)
      if (info.status !== info.expectedStatus) {
        await info.attach('server.log', { body: server.log.slice(before), contentType: 'text/plain' })
      }
    },
    { timeout: 180_000 },
  ],

  baseURL: async ({ server }, use) => {
    await use(server.url)
  },

  problems: [
    async ({ context, server, javaScriptEnabled }, use) => {
      serverOf.set(context, server)
      const problems = new Problems(context, server.url, javaScriptEnabled ?? true)
      const before = server.log.length
      await use(problems)
      for (const [panic] of server.log.slice(before).matchAll(/.*panicked at.*\n?.*/g)) problems.add(`server: ${panic}`)
      problems.check()
    },
    { auto: true },
  ],
})

/** The servers of the file at hand, at most one with and one without demo data. */
class Servers {
  private file = ''
  private readonly running = new Map<boolean, Server>()

  async of(file: string, demo: boolean): Promise<Server> {
    if (file !== this.file) {
      await this.stop()
      this.file = file
    }
    const server = this.running.get(demo) ?? (await Server.start({ demo }))
    this.running.set(demo, server)
    return server
  }

  async stop(): Promise<void> {
    await Promise.all([...this.running.values()].map((server) => server.stop()))
    this.running.clear()
  }
}

const serverOf = new WeakMap<BrowserContext, Server>()

function theServer(page: Page): Server {
  const server = serverOf.get(page.context())
  if (!server) throw new Error('this page does not come from the fixtures')
  return server
}

export const ADMIN: Person = { name: 'Ada Admin', email: 'ada@example.com', password: 'correct horse battery staple' }

/** Follows the one-time link of the terminal and creates the first admin, who is signed in from then on. */
export async function signUpFirstAdmin(page: Page, who: Person = ADMIN): Promise<Person> {
  const server = theServer(page)
  await page.goto(await server.welcome())
  await page.getByLabel('Name', { exact: true }).fill(who.name)
  await page.getByLabel('E-mail', { exact: true }).fill(who.email)
  await page.getByLabel('Password', { exact: true }).fill(who.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await page.waitForURL((url) => !url.pathname.startsWith('/welcome/'))
  server.admin = who
  return who
}

/** Signs in; as the first admin, who is created when there is none yet, unless another is named. */
export async function signIn(page: Page, who?: Person): Promise<Person> {
  const server = theServer(page)
  if (!who && !server.admin) {
    const admin = await signUpFirstAdmin(page)
    if (!isSignInPage(page.url())) return admin
  }
  const person = who ?? server.admin ?? ADMIN
  if (!isSignInPage(page.url())) await page.goto('/sign-in')
  await page.getByLabel('E-mail', { exact: true }).fill(person.email)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL((url) => !isSignInPage(url.href))
  return person
}

function isSignInPage(url: string): boolean {
  return url !== 'about:blank' && new URL(url).pathname === '/sign-in'
}

/** Presses a button that asks first, and the one that it asks with. */
export async function confirm(within: Page | Locator, name: string): Promise<void> {
  await within.getByLabel(name, { exact: true }).click()
  await within.locator('details.confirm[open] button').click()
}

/** A picture of the whole page in end2end/shots, for people to look at. */
export async function screenshot(page: Page, name: string): Promise<string> {
  const path = join(__dirname, 'shots', `${name}.png`)
  await page.screenshot({ path, fullPage: true, animations: 'disabled' })
  return path
}
