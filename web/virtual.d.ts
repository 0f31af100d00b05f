// What vite.config.ts makes of the contract for the browser: no schemas, no zod.
declare module 'virtual:endpoints' {
  type C = typeof import('../src/contract.ts')
  type Scope = import('../src/contract.ts').Scope
  export const endpoints: Record<
    keyof C['endpoints'],
    { method: 'get' | 'post' | 'put' | 'patch' | 'delete'; path: string; scope: Scope | 'public' | 'session' }
  >
  export const roleScopes: Record<import('../src/contract.ts').Role, Scope[]>
}

// One language of words/index.ts each.
declare module 'virtual:words/en' {
  export const words: import('./i18n.ts').Resource
}
declare module 'virtual:words/zh-TW' {
  export const words: import('./i18n.ts').Resource
}
