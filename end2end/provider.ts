/**
 * A real OpenID Connect provider on a free port, for the tests of sign-on: the package `oidc-provider`, which is certified.
 * Only its login page is ours: whoever gives a name that it knows is believed.
 */
import { once } from 'node:events'
import { type IncomingMessage, type Server as HttpServer, type ServerResponse, createServer } from 'node:http'

export interface Known {
  email: string
  email_verified: boolean
  name?: string
}

export class IdentityProvider {
  /** Who they are that log in with these names. */
  readonly people = new Map<string, Known>()

  private constructor(
    readonly issuer: string,
    private readonly http: HttpServer,
  ) {}

  static async start(): Promise<IdentityProvider> {
    const http = createServer().listen(0, '127.0.0.1')
    await once(http, 'listening')
    const address = http.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    return new IdentityProvider(`http://127.0.0.1:${address.port}`, http)
  }

  /** Takes up its work for the client `desk`, whose secret is `quiet` and which browsers reach at `url`. */
  async serve(url: string): Promise<void> {
    const { Provider } = await import('oidc-provider')
    const scope = 'openid email profile'
    const provider = new Provider(this.issuer, {
      clients: [{ client_id: 'desk', client_secret: 'quiet', redirect_uris: [`${url}/sign-in/oidc/callback`] }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
      cookies: { keys: ['of the tests'] },
      pkce: { required: () => true },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, interaction) => `/login/${interaction.uid}` },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...this.people.get(sub) }) }),
      // Nobody is asked for consent.
      async loadExistingGrant({ oidc }) {
        const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId })
        grant.addOIDCScope(scope)
        await grant.save()
        return grant
      },
    })
    const login = async (request: IncomingMessage, response: ServerResponse) => {
      if (request.method !== 'POST') {
        response.setHeader('Content-Type', 'text/html')
        response.end('<!doctype html><title>Log in</title><form method="post"><label>Login <input name="login"></label><button name="go">Log in</button><button name="no" value="1">Cancel</button></form>')
        return
      }
      let body = ''
      for await (const chunk of request) body += chunk
      const form = new URLSearchParams(body)
      const result = form.has('no')
        ? { error: 'access_denied', error_description: 'End-User aborted interaction' }
        : { login: { accountId: form.get('login') ?? '' } }
      await provider.interactionFinished(request, response, result)
    }
    const rest = provider.callback()
    this.http.on('request', (request, response) => {
      void (request.url?.startsWith('/login/') ? login(request, response) : rest(request, response))
    })
  }

  async stop(): Promise<void> {
    if (!this.http.listening) return
    this.http.closeAllConnections()
    this.http.close()
    await once(this.http, 'close')
  }
}
