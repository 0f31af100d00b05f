// The times of HTTP requests, by route (never by URL).
import { Histogram } from 'prom-client'
import type { Core } from '../core.ts'

export type HttpMetrics = { observe(method: string, route: string, status: number, seconds: number): void }

export function openHttpMetrics(core: Core): HttpMetrics {
  const duration = new Histogram({
    name: 'itinera_http_request_seconds',
    help: 'Time from the head of a request to its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [core.metrics],
  })
  return {
    observe: (method, route, status, seconds) =>
      duration.observe({ method, route, status: `${Math.floor(status / 100)}xx` }, seconds),
  }
}
