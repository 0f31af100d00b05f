// The templates that the sandbox's WhatsApp account has: one of each category, one with a picture and a button, one that was
// not approved.
export type StandInTemplate = {
  id: string
  name: string
  language: string
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
  status: 'APPROVED' | 'REJECTED' | 'PENDING'
  parameter_format?: 'POSITIONAL' | 'NAMED'
  components: {
    type: 'HEADER' | 'BODY' | 'FOOTER' | 'BUTTONS'
    format?: 'TEXT' | 'IMAGE'
    text?: string
    example?: Record<string, unknown>
    buttons?: { type: string; text: string; url?: string }[]
  }[]
}

export const SANDBOX_TEMPLATES: readonly StandInTemplate[] = [
  {
    id: '1001',
    name: 'order_shipped',
    language: 'zh_TW',
    category: 'UTILITY',
    status: 'APPROVED',
    components: [
      { type: 'BODY', text: '{{1}} 您好，訂單 {{2}} 已出貨。', example: { body_text: [['小明', 'A100']] } },
      { type: 'FOOTER', text: '霧丘茶事' },
    ],
  },
  {
    id: '1002',
    name: 'order_shipped',
    language: 'en',
    category: 'UTILITY',
    status: 'APPROVED',
    components: [
      {
        type: 'BODY',
        text: 'Hi {{1}}, your order {{2}} is on its way.',
        example: { body_text: [['Ming', 'A100']] },
      },
    ],
  },
  {
    id: '1003',
    name: 'new_tea',
    language: 'zh_TW',
    category: 'MARKETING',
    status: 'APPROVED',
    parameter_format: 'NAMED',
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      {
        type: 'BODY',
        text: '{{name}}，今年的春茶到了，憑券碼 {{code}} 享 9 折。',
        example: {
          body_text_named_params: [
            { param_name: 'name', example: '小明' },
            { param_name: 'code', example: 'SPRING' },
          ],
        },
      },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'URL', text: '看新茶', url: 'https://mist.tea/{{1}}' },
          { type: 'QUICK_REPLY', text: '不再通知' },
        ],
      },
    ],
  },
  {
    id: '1004',
    name: 'double_points',
    language: 'zh_TW',
    category: 'MARKETING',
    status: 'REJECTED',
    components: [{ type: 'BODY', text: '雙倍點數只到今天。' }],
  },
]
