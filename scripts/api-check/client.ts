// A client made from the description, doing the main job with every type checked.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import createClient from 'openapi-fetch'
import type { components, paths } from './description.js'

const { CREDITDESK_URL: baseUrl, CREDITDESK_KEY: key } = process.env
assert(baseUrl && key, 'run me through scripts/with-server.sh')
const desk = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } })
const once = () => ({ 'Idempotency-Key': randomUUID() })
const user_id = 'client/ä?'

const config: components['schemas']['PricingConfigInput'] = {
  models: { 'gpt-4o': 'input_tokens * 2.5 / 1000' },
  min_balance: '0',
  fixed: { report: 3 },
}
const published = await desk.POST('/api/v1/pricing/versions', { body: { config, label: 'client' } })
assert.equal(published.data?.active, true)
const version = published.data.version.version

const granted = await desk.POST('/api/v1/users/{user_id}/credits', {
  params: { path: { user_id }, header: once() },
  body: { amount: '5.5', kind: 'purchase' },
})
assert.equal(granted.data?.new_balance, 5.5)

const charge = { params: { path: { user_id }, header: once() }, body: { metrics: { model: 'gpt-4o', input_tokens: 1200 } } }
const charged = await desk.POST('/api/v1/users/{user_id}/deductions', charge)
assert.deepEqual([charged.data?.amount, charged.data?.pricing_version], [-3, version])
const again = await desk.POST('/api/v1/users/{user_id}/deductions', charge)
assert.deepEqual([again.data?.transaction_id, again.data?.idempotent], [charged.data?.transaction_id, true])

const refused = await desk.POST('/api/v1/users/{user_id}/deductions', {
  params: { path: { user_id }, header: once() },
  body: { metrics: { fixed_job: 'report' } },
})
const problem: components['schemas']['Problem'] | undefined = refused.error
assert.deepEqual([refused.response.status, problem?.code], [402, 'insufficient_credits'])

const transaction_id = charged.data?.transaction_id ?? ''
const refunded = await desk.POST('/api/v1/transactions/{transaction_id}/refunds', {
  params: { path: { transaction_id }, header: once() },
  body: { reason: 'goodwill' },
})
assert.deepEqual([refunded.data?.amount, refunded.data?.remaining], [3, 0])

const balance = await desk.GET('/api/v1/users/{user_id}/balance', { params: { path: { user_id } } })
assert.equal(balance.data?.balance, 5.5)

const seen: components['schemas']['EntryKind'][] = []
for (let cursor: string | undefined; ; ) {
  const page: { data?: components['schemas']['Page_Transaction'] } = await desk.GET('/api/v1/users/{user_id}/transactions', {
    params: { path: { user_id }, query: { limit: 2, cursor } },
  })
  seen.push(...(page.data?.items ?? []).map((row) => row.kind))
  cursor = page.data?.next ?? undefined
  if (!cursor) break
}
assert.deepEqual(seen, ['refund', 'usage', 'purchase'])

const active = await desk.GET('/api/v1/pricing/active')
assert.equal(active.data?.config.min_balance, 0)
const tag = active.response.headers.get('etag') ?? ''
const unchanged = await desk.GET('/api/v1/pricing/active', { params: { header: { 'If-None-Match': tag } } })
assert.equal(unchanged.response.status, 304)

const list = await desk.GET('/api/v1/pricing/versions/{version}/export', {
  params: { path: { version }, query: { format: 'yaml' } },
  parseAs: 'text',
})
assert.match(String(list.data), /^fixed:\n {2}report: 3\n/)
const verified = await desk.GET('/api/v1/verify')
assert.equal(verified.data?.consistent, true)
assert.deepEqual(verified.data?.differences, [])
assert.match(String(verified.data?.audit_head?.hash), /^[0-9a-f]{64}$/)
console.log('  the generated client did the main job')
