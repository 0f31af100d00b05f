// Bank branch and ATM: counters, machines and the app tell one story.
import type { Preset } from '../model.ts'
import { DAY, event, HOUR, line, named, on, tag, touchpoint, wait, waitFor } from './parts.ts'
import { happened } from '../../rules/make.ts'

export const bank: Preset = {
  key: 'bank',
  name: { zh: '銀行分行與 ATM', en: 'Bank branch and ATM' },
  lead: {
    zh: '分行取號、ATM、網銀與申辦：線上申請一半的人，到分行也接得上。',
    en: 'Branch queues, ATMs, online banking and applications: what was begun online goes on at the branch.',
  },
  channels: [
    named('branch', '分行', 'Branch'),
    named('atm', 'ATM', 'ATM'),
    named('online_banking', '網路銀行', 'Online banking'),
  ],
  events: [
    event('Branch Ticket Taken', '分行取號', 'Took a branch ticket', 'branch', ['branch', 'service']),
    event('Branch Served', '臨櫃服務完成', 'Served at a branch', 'branch', [
      'branch',
      'staff',
      'service',
      'wait_minutes',
    ]),
    event('ATM Withdrawal', 'ATM 提款', 'ATM withdrawal', 'atm', ['atm', 'amount', 'currency']),
    event('ATM Deposit', 'ATM 存款', 'ATM deposit', 'atm', ['atm', 'amount', 'currency']),
    event('Card Retained', '卡片被收回', 'Card retained', 'atm', ['atm', 'reason']),
    event('Application Started', '開始申辦', 'Application started', 'online_banking', [
      'application_id',
      'product',
    ]),
    event('Application Submitted', '送出申辦', 'Application submitted', null, ['application_id', 'product']),
    event('Application Approved', '核准', 'Application approved', null, [
      'application_id',
      'product',
      'limit',
      'currency',
    ]),
    event('Application Declined', '婉拒', 'Application declined', null, ['application_id', 'product']),
    event('Product Activated', '啟用', 'Product activated', null, ['product']),
  ],
  touchpoints: [
    touchpoint('queue_ticket', '號碼牌', 'Queue ticket', 'branch'),
    touchpoint('counter', '櫃檯', 'Counter', 'branch'),
    touchpoint('atm_screen', 'ATM 畫面', 'ATM screen', 'atm'),
    touchpoint('application_form', '線上申辦表', 'Online application form', 'online_banking'),
  ],
  journeys: [
    {
      format: 1,
      name: '線上申辦未完成，請分行接手',
      trigger: on('Application Started'),
      key: 'application_id',
      reentry: { kind: 'after_exit', coolDownMs: 7 * DAY },
      goal: { rule: happened('Application Submitted'), exitOnGoal: true },
      exits: [],
      start: 'wait',
      nodes: {
        wait: waitFor('等一天看是否送出', 'Application Submitted', DAY, { event: null, timeout: 'offer' }),
        offer: line(
          '提醒，並請到分行',
          "{{ customer.name | default: '您好' }}，您申辦的「{{ event.props.product | default: '服務' }}」已為您保留進度。也可以帶雙證件到任一分行，由專人協助完成。",
          'branch',
          'marketing',
        ),
        branch: waitFor('兩週內到分行', 'Branch Served', 14 * DAY, { event: 'mark', timeout: null }),
        mark: tag('標記分行接手', '線上轉分行', null),
      },
    },
    {
      format: 1,
      name: '核准後開卡與第一次使用',
      trigger: on('Application Approved'),
      key: 'application_id',
      reentry: { kind: 'always' },
      goal: { rule: happened('Product Activated'), exitOnGoal: true },
      exits: [],
      start: 'tell',
      nodes: {
        tell: line(
          '通知核准',
          "{{ customer.name | default: '您好' }}，您申辦的「{{ event.props.product | default: '服務' }}」已核准。",
          'wait',
        ),
        wait: waitFor('等一週看是否啟用', 'Product Activated', 7 * DAY, { event: null, timeout: 'hint' }),
        hint: line('提醒啟用', '還沒啟用嗎？ATM、網路銀行或任一分行都可以，只要一分鐘。', 'window'),
        window: wait('再等三週', 21 * DAY - HOUR, null),
      },
    },
  ],
}
