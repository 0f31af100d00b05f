// The answers to "why" in plain words, by their stable codes. A code that is not here is told by its name.
export type Said = { zh: string; en: string }
/** a text in both languages, or the same in both */
export type Values = Record<string, string | number | Said>
type Sentence = (v: Values) => Said

const say =
  (zh: string, en: string): Sentence =>
  v => ({ zh: fill(zh, v, 'zh'), en: fill(en, v, 'en') })
const fill = (text: string, v: Values, side: 'zh' | 'en'): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = v[name] ?? ''
    return String(typeof value === 'object' ? value[side] : value)
  })

const SENTENCES: Record<string, Sentence> = {
  // ── journeys ──
  'entered.waiting': say('有進入，現在停在「{node}」。', 'Entered, and is at "{node}" now.'),
  'entered.control': say(
    '有進入，但屬於對照組：只觀察有沒有達成目標，不會收到訊息。',
    'Entered as part of the control group: watched for the goal, and sent nothing.',
  ),
  'entered.ticket': say('正在等進入名額。', 'Is waiting for a place: the journey has an entry cap.'),
  'entered.completed': say('有進入，並且走到了終點。', 'Entered, and went to the end.'),
  'entered.goal': say('有進入，並在達成旅程目標時結束。', 'Entered, and ended when the goal was reached.'),
  'entered.exit_rule': say(
    '有進入，後來因為退出條件「{exit}」離開。',
    'Entered, and left by the exit rule "{exit}".',
  ),
  'entered.stopped': say('有進入，旅程停止時結束。', 'Entered, and ended when the journey was stopped.'),
  'entered.removed': say('有進入，後來由團隊成員移出。', 'Entered, and was removed by a team user.'),
  'entered.merged': say(
    '有進入，身份合併時併入另一個旅程實例。',
    'Entered; the run ended when two customers were merged.',
  ),
  'entered.error': say('有進入，但因為錯誤而結束：{error}', 'Entered, and ended by an error: {error}'),
  'not_entered.filter': say(
    '觸發了，但當時不符合進入條件。下面是當時看到的值。',
    'It was triggered, but the entry filter did not hold. The values seen then are below.',
  ),
  'not_entered.excluded': say(
    '觸發了，但當時符合排除條件。下面是當時看到的值。',
    'It was triggered, but the exclusion held. The values seen then are below.',
  ),
  'not_entered.already_in': say('觸發時已經在這個旅程中。', 'The customer was in this journey already.'),
  'not_entered.max_at_once': say(
    '同時進行的旅程實例已達上限。',
    'As many runs of this journey at once as it allows were under way.',
  ),
  'not_entered.too_many_journeys': say(
    '這位顧客同時進行的旅程已達上限（50 個）。',
    'The customer was in as many journeys as one can be (50).',
  ),
  'not_entered.entered_before': say(
    '以前進入過，而這個旅程不允許重複進入。',
    'The customer had entered before, and this journey may be entered once only.',
  ),
  'not_entered.cool_down': say(
    '上次離開後還在冷卻期間（{coolDown}），尚不能重複進入。',
    'The cool-down ({coolDown}) after the last run was not over.',
  ),
  'not_entered.late': say(
    '觸發的事件太晚才送達：發生於較早以前，超過可接受的延遲。',
    'The event came too late: it had occurred longer ago than the trigger accepts.',
  ),
  'not_entered.paused': say(
    '當時旅程已暫停，不接受進入。',
    'The journey was paused then, and let nobody in.',
  ),
  'not_entered.loop': say(
    '旅程互相啟動已達 8 次，為避免無限循環而停在這裡。',
    'Journeys had started one another eight times: the chain ends here.',
  ),
  'not_entered.not_started': say(
    '旅程的開放期間還沒開始。',
    'The period in which the journey lets people in had not begun.',
  ),
  'not_entered.ended': say(
    '旅程的開放期間已經結束。',
    'The period in which the journey lets people in was over.',
  ),
  'not_entered.canary': say(
    '旅程先對部分顧客開放（試行），這位不在其中。',
    'The journey is open to some customers first (canary), and this one is not among them.',
  ),
  'not_entered.cap': say('進入人數已達上限。', 'As many people as may enter had entered.'),
  'not_entered.exit_rule': say(
    '觸發了，但退出條件「{exit}」當下就成立，所以沒有開始。',
    'It was triggered, but the exit rule "{exit}" held at once, so no run began.',
  ),
  'not_entered.no_key': say(
    '觸發的事件沒有旅程鍵「{key}」的值。',
    'The event that triggered it has no value for the journey key "{key}".',
  ),
  not_published: say('這個旅程還沒發布過。', 'This journey has never been published.'),
  stopped: say('旅程已停止，不接受進入。', 'The journey is stopped, and lets nobody in.'),
  no_trigger: say(
    '沒有收到會觸發這個旅程的事件（{events}）。',
    'No event that starts this journey came ({events}).',
  ),
  trigger_filter: say(
    '收到了「{event}」，但內容不符合觸發條件的篩選。下面是收到的內容。',
    '"{event}" came, but what it said does not fit the trigger’s filter. What came is below.',
  ),
  trigger_not_met: say(
    '收到了「{event}」，但當時觸發條件的其他要求沒有成立。',
    '"{event}" came, but what else the trigger asks for did not hold.',
  ),
  before_published: say(
    '「{event}」送達時，旅程還沒發布。',
    '"{event}" came before the journey was published.',
  ),
  long_past: say(
    '「{event}」發生在很久以前（匯入的歷史資料），不會觸發旅程。',
    '"{event}" had occurred long before it came (imported past): that starts no journey.',
  ),
  moment_ahead: say(
    '還沒到時間：會在之後的時刻進入。',
    'Its time has not come: the customer will enter then.',
  ),
  no_moment: say(
    '旅程由時間觸發，但這位顧客沒有可用的時刻（例如「{about}」沒有值）。',
    'Time starts this journey, but there is no moment for this customer ("{about}" may have no value).',
  ),
  nothing_recorded: say(
    '沒有留下拒絕的記錄。若剛剛才送達，請稍後再查。',
    'No refusal is recorded. If it came just now, ask again in a moment.',
  ),
  // ── nodes ──
  'node.left': say('走到了「{node}」，從「{port}」離開。', 'Reached "{node}", and went on by "{port}".'),
  'node.ended': say('走到了「{node}」，旅程在這裡結束。', 'Reached "{node}", where the run ended.'),
  'node.waiting': say('現在就在「{node}」等待。', 'Is waiting at "{node}" now.'),
  'node.diverted': say(
    '沒有走到「{node}」：在「{from}」走了「{port}」，那條路不經過這裡。',
    'Did not reach "{node}": at "{from}" the run went by "{port}", which does not lead there.',
  ),
  'node.ended_before': say(
    '沒有走到「{node}」：在「{from}」時旅程就結束了（{how}）。',
    'Did not reach "{node}": the run ended at "{from}" ({how}).',
  ),
  'node.ahead': say(
    '還沒走到「{node}」：現在停在「{from}」。',
    'Has not reached "{node}" yet: is at "{from}" now.',
  ),
  'node.other_version': say(
    '「{node}」不在這次走的版本（第 {version} 版）裡。',
    '"{node}" is not part of the version that this run went through ({version}).',
  ),
  // ── messages ──
  'message.pending': say('訊息還沒送出，正在等待。', 'The message is not sent yet: it waits.'),
  'message.accepted': say('渠道已接受這則訊息。', 'The channel accepted the message.'),
  'message.delivered': say('訊息已送達。', 'The message was delivered.'),
  'message.opened': say('訊息已被開啟。', 'The message was opened.'),
  'message.clicked': say('訊息裡的連結已被點擊。', 'A link in the message was clicked.'),
  'message.bounced': say('信件被退回：{reason}', 'The mail bounced: {reason}'),
  'message.complained': say('收件人檢舉為垃圾信。', 'The recipient reported it as spam.'),
  'message.blocked': say('送出後對方封鎖了帳號。', 'The recipient blocked the account after it was sent.'),
  'message.unknown': say(
    '不確定是否送出：傳送途中中斷，渠道沒有回覆。',
    'It is not known whether it went out: the connection broke and the channel did not answer.',
  ),
  'message.failed': say('渠道拒絕了這則訊息：{reason}', 'The channel refused the message: {reason}'),
  'skipped.consent': say(
    '沒有送出：沒有行銷同意，或已拒絕行銷。',
    'Not sent: there is no consent to marketing, or it was withdrawn.',
  ),
  'skipped.suppressed': say(
    '沒有送出：這個地址在名單排除中。',
    'Not sent: the address is on the suppression list.',
  ),
  'skipped.no_address': say(
    '沒有送出：這位顧客沒有這個渠道的已驗證聯絡方式。',
    'Not sent: the customer has no verified contact for this channel.',
  ),
  'skipped.blocked': say('沒有送出：不是好友，或已封鎖。', 'Not sent: not a friend, or blocked.'),
  'skipped.late': say(
    '沒有送出：超過有效期限，再送已無意義。',
    'Not sent: it would have come after the time it is of use.',
  ),
  'skipped.exited': say('沒有送出：送出前旅程已結束。', 'Not sent: the run ended before it went out.'),
  'skipped.merged': say(
    '沒有送出：身份合併時由另一則取代。',
    'Not sent: two customers were merged, and another message stands for it.',
  ),
  'skipped.restored': say(
    '沒有送出：還原備份後不補送。',
    'Not sent: a backup was restored, and what was open then is not sent.',
  ),
  'skipped.no_account': say('沒有送出：這個渠道還沒有設定帳號。', 'Not sent: the channel has no account.'),
  'skipped.render_failed': say('沒有送出：內容無法套用。', 'Not sent: the content could not be filled in.'),
  'skipped.paused': say('沒有送出：發送已暫停。', 'Not sent: sending was paused.'),
  'skipped.window': say(
    '沒有送出：顧客最後一次來訊已太久，這個渠道只能發送核准的範本。',
    'Not sent: the customer wrote too long ago; this channel now takes approved templates only.',
  ),
  'skipped.cap': say('沒有送出：已達頻率上限。', 'Not sent: the frequency cap was reached.'),
  'skipped.quota': say('沒有送出：渠道額度已用完。', 'Not sent: the channel’s quota was used up.'),
  'skipped.budget': say('沒有送出：預算已用完。', 'Not sent: the budget was used up.'),
  'skipped.frequency': say(
    '沒有送出：頻率預算用完（{rule}）。',
    'Not sent: the frequency budget is used up ({ruleEn}).',
  ),
  'skipped.priority': say(
    '沒有送出：頻率上限內的名額給了更優先的旅程。',
    'Not sent: the cap left room for a journey of higher priority only.',
  ),
  'skipped.control': say('沒有送出：屬於對照組。', 'Not sent: the customer belongs to the control group.'),
}

/** The sentence of a code; what has none is told by its code. */
export const sayWhy = (code: string, values: Values = {}): Said =>
  SENTENCES[code]?.(values) ?? { zh: `原因：${code}`, en: `Reason: ${code}` }
