import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const ROOT = resolve(__dirname, '..')
/** The release binary, as users run it; CREDITDESK_BIN names another. */
const BINARY = process.env.CREDITDESK_BIN ?? join(ROOT, 'target/release/creditdesk')
const SITE = join(ROOT, 'target/site')

const START_MS = 30_000
/** Demo data is some months of charges. */
const START_WITH_DEMO_MS = 120_000
const STOP_MS = 15_000

export interface Person {
  name: string
  email: string
  password: string
}

export interface Settings {
  demo: boolean
  /** More settings. */
  env?: Record<string, string>
  /** What this machine is called in addresses. */
  host?: string
}

/** A running Creditdesk over an empty folder of its own, which goes when it stops. */
export class Server {
  /** Everything it has printed. */
  log = ''
  /** The first admin, once somebody has signed up with the link. */
  admin: Person | undefined

  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly data: string,
  ) {
    const keep = (chunk: string) => {
      this.log += chunk
    }
    child.stdout?.setEncoding('utf8').on('data', keep)
    child.stderr?.setEncoding('utf8').on('data', keep)
  }

  /** Starts one and waits until it is ready. */
  static async start({ demo, env = {}, host = '127.0.0.1' }: Settings): Promise<Server> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: run make site`)
    const data = await mkdtemp(join(tmpdir(), 'creditdesk-e2e-'))
    const port = await freePort()
    const child = spawn(BINARY, demo ? ['serve', '--demo'] : ['serve'], {
      cwd: data,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...foreignEnvironment(),
        CREDITDESK_DATA: data,
        CREDITDESK_ADDR: `127.0.0.1:${port}`,
        CREDITDESK_SITE: SITE,
        NO_COLOR: '1',
        ...env,
      },
    })
    const server = new Server(`http://${host}:${port}`, child, data)
    try {
      await once(child, 'spawn')
      await server.until('ready', demo ? START_WITH_DEMO_MS : START_MS, () => server.answers('/readyz'))
    } catch (error) {
      await server.stop()
      throw error
    }
    return server
  }

  /** The path of the one-time link that creates the first admin. */
  async welcome(): Promise<string> {
    const link = await this.until('printing its sign-in link', 10_000, () =>
      withoutColour(this.log).match(/http:\/\/\S+\/welcome\/[^\s'"<>)]+/)?.[0],
    )
    return new URL(link).pathname
  }

  async stop(): Promise<void> {
    if (!this.ended && this.child.pid !== undefined) {
      const exit = once(this.child, 'exit')
      this.child.kill('SIGTERM')
      const late = setTimeout(() => this.child.kill('SIGKILL'), STOP_MS)
      await exit
      clearTimeout(late)
    }
    await rm(this.data, { recursive: true, force: true })
  }

  private get ended(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  private async answers(path: string): Promise<boolean> {
    try {
      return (await fetch(this.url + path)).status === 200
    } catch {
      return false
    }
  }

  /** Asks again and again until there is a true answer; the server's end, or too much time, is an error with its log. */
  private async until<T>(what: string, ms: number, ask: () => T | Promise<T>): Promise<NonNullable<T>> {
    for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) {
      const answer = await ask()
      if (answer) return answer
      if (this.ended) throw new Error(`the server ended before ${what}:\n${this.log}`)
    }
    throw new Error(`the server is not ${what} after ${ms / 1000} s:\n${this.log}`)
  }
}

/** Settings of whoever runs the tests must not reach the server. */
function foreignEnvironment(): NodeJS.ProcessEnv {
  const ours = /^(CREDITDESK|LEPTOS)_|^(DATABASE_URL|RUST_LOG)$/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)))
}

function withoutColour(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, '')
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  probe.close()
  await once(probe, 'close')
  return address.port
}
