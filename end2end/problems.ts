import type { BrowserContext } from '@playwright/test'

/**
 * Whatever goes wrong in the browser while a test looks elsewhere: console errors (the browser reports CSP violations
 * there), uncaught errors, failed requests, error answers, and any request to another host, for the pages need none.
 */
export class Problems {
  private readonly found: string[] = []
  private readonly expected: RegExp[] = []
  private readonly allowed: string[] = []

  constructor(context: BrowserContext, origin: string, scripts: boolean) {
    const ours = (url: string) => url.startsWith(`${origin}/`)

    context.on('console', (message) => {
      if (message.type() !== 'error') return
      // Said again, and better, by the answer below.
      if (message.text().startsWith('Failed to load resource')) return
      const { url, lineNumber } = message.location()
      this.found.push(`console: ${message.text()} (${url}:${lineNumber})`)
    })
    context.on('weberror', (event) => {
      const error = event.error()
      this.found.push(`uncaught: ${error.stack ?? error.message}`)
    })
    context.on('request', (request) => {
      const url = request.url()
      if (/^https?:/.test(url) && !ours(url) && !this.allowed.some((origin) => url.startsWith(`${origin}/`))) this.found.push(`foreign: ${request.method()} ${url}`)
    })
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'failed'
      // A browser that runs no scripts refuses to preload them, too.
      if (!scripts && reason === 'csp' && new URL(request.url()).pathname.endsWith('.js')) return
      // The page was left before the answer came, or the answer is a download.
      if (ours(request.url()) && reason !== 'net::ERR_ABORTED') {
        this.found.push(`failed: ${request.method()} ${request.url()} ${reason}`)
      }
    })
    context.on('response', (response) => {
      if (ours(response.url()) && response.status() >= 400) {
        const { pathname, search } = new URL(response.url())
        this.found.push(`answer: ${response.status()} ${response.request().method()} ${pathname}${search}`)
      }
    })
  }

  /** This one is meant to happen: `problems.expect(/404 GET \/nothing/)`. It is an error if it does not. */
  expect(problem: RegExp): void {
    this.expected.push(problem)
  }

  /** The page leads to this other site, and is meant to. */
  allow(origin: string): void {
    this.allowed.push(origin)
  }

  /** Something other than the browser has found one. */
  add(problem: string): void {
    this.found.push(problem)
  }

  /** Throws unless exactly the expected ones have happened. */
  check(): void {
    const unexpected = this.found.filter((problem) => !this.expected.some((pattern) => pattern.test(problem)))
    const missing = this.expected.filter((pattern) => !this.found.some((problem) => pattern.test(problem)))
    const lines = [...unexpected, ...missing.map((pattern) => `did not happen: ${pattern}`)]
    if (lines.length > 0) throw new Error(`problems behind the page:\n  ${lines.join('\n  ')}`)
  }
}
