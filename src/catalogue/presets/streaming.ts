// Streaming: trials, plays, series, subscriptions that end.
import type { Preset } from '../model.ts'
import { again, DAY, event, line, named, on, tag, touchpoint, wait, waitFor } from './parts.ts'
import { happened } from '../../rules/make.ts'

export const streaming: Preset = {
  key: 'streaming',
  name: { zh: '影音串流', en: 'Streaming' },
  lead: {
    zh: '試用、觀看、追劇、續訂：在看到一半和快到期時說對的話。',
    en: 'Trials, plays, series, renewals: the right word when a series stops halfway or a plan is about to end.',
  },
  channels: [
    named('tv', '電視 App', 'TV app'),
    named('mobile_app', '手機 App', 'Mobile app'),
    named('web_player', '網頁播放器', 'Web player'),
  ],
  events: [
    event('Trial Started', '開始試用', 'Trial started', null, ['plan', 'ends_at']),
    event('Subscription Started', '開始訂閱', 'Subscription started', null, ['plan', 'price', 'currency']),
    event('Subscription Renewed', '續訂', 'Subscription renewed', null, ['plan', 'price', 'currency']),
    event('Subscription Cancelled', '取消訂閱', 'Subscription cancelled', null, ['plan', 'reason']),
    event('Payment Failed', '扣款失敗', 'Payment failed', null, ['plan', 'reason']),
    event('Title Viewed', '看作品介紹', 'Viewed a title', 'mobile_app', ['title_id', 'title', 'genre']),
    event('Title Saved', '加入片單', 'Saved a title', 'mobile_app', ['title_id', 'title', 'genre']),
    event('Playback Started', '開始播放', 'Playback started', 'tv', [
      'title_id',
      'title',
      'genre',
      'season',
      'episode',
      'device',
    ]),
    event('Playback Stopped', '停止播放', 'Playback stopped', 'tv', ['title_id', 'position_s', 'share']),
    event('Playback Completed', '看完', 'Playback completed', 'tv', [
      'title_id',
      'title',
      'season',
      'episode',
    ]),
  ],
  touchpoints: [
    touchpoint('tv_home', '電視首頁', 'TV home screen', 'tv'),
    touchpoint('title_page', '作品頁', 'Title page', 'mobile_app'),
    touchpoint('player', '播放器', 'Player', 'web_player'),
    touchpoint('plan_page', '方案頁', 'Plans page', 'web_player'),
  ],
  journeys: [
    {
      format: 1,
      name: '試用期養成與轉訂閱',
      trigger: on('Trial Started'),
      reentry: { kind: 'never' },
      goal: { rule: happened('Subscription Started'), exitOnGoal: true },
      exits: [{ name: '已取消', rule: happened('Subscription Cancelled') }],
      start: 'first',
      nodes: {
        first: waitFor('一天內開始看', 'Playback Started', DAY, { event: 'mark', timeout: 'hint' }),
        hint: line(
          '推薦第一部',
          "{{ customer.name | default: '您好' }}，試用已經開始了。還沒想到看什麼嗎？大家這週都在看這幾部。",
          'mark',
          'marketing',
        ),
        mark: tag('標記試用中', '試用中', 'week'),
        week: wait('第六天', 5 * DAY, 'offer'),
        offer: line('到期前提醒', '試用明天到期。喜歡的話，現在訂閱就能接著看。', null),
      },
    },
    {
      format: 1,
      name: '扣款失敗搶救',
      trigger: on('Payment Failed'),
      reentry: again,
      goal: { rule: happened('Subscription Renewed'), exitOnGoal: true },
      exits: [],
      start: 'tell',
      nodes: {
        tell: line(
          '通知扣款失敗',
          "{{ customer.name | default: '您好' }}，這個月的訂閱費沒有扣款成功，請更新付款方式，觀看紀錄都會保留。",
          'wait',
        ),
        wait: waitFor('等三天', 'Subscription Renewed', 3 * DAY, { event: null, timeout: 'again' }),
        again: line('再次提醒', '您的方案將在兩天後暫停，更新付款方式就能繼續觀看。', null),
      },
    },
  ],
}
