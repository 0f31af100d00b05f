// Words of the canvas: panels, palette, keys, saving. Each pair is [zh-TW, en].
export const journeysCanvas = {
  journeyPanel: {
    bar: ['旅程面板', 'Panels of the journey'],
    node: ['節點', 'Node'],
    trigger: ['觸發條件', 'Trigger'],
    entry: ['進入規則', 'Entry'],
    settings: ['旅程設定', 'Settings'],
    versions: ['版本', 'Versions'],
    publish: ['發布', 'Publish'],
    simulate: ['模擬', 'Simulate'],
    replay: ['重播', 'Replay'],
    report: ['成效', 'Report'],
    why: ['為什麼', 'Why'],
  },
  draftState: {
    saved: ['已儲存', 'Saved'],
    saving: ['儲存中…', 'Saving…'],
    offline: ['連不上伺服器：變更保留在這個瀏覽器', 'No connection: changes are kept in this browser'],
    conflict: ['未儲存：別人也改了這份草稿', 'Not saved: somebody else changed this draft, too'],
    refused: ['未儲存：變更保留在這個瀏覽器', 'Not saved: changes are kept in this browser'],
  },
  draftConflict: {
    title: ['{{who}} 也改了這份草稿', '{{who}} changed this draft, too'],
    somebody: ['其他人', 'Somebody else'],
    text: [
      '你的變更還沒有儲存。選擇要保留哪一份；選對方的版本後，仍可用「復原」找回你的。',
      'Your changes are not saved yet. Choose which to keep; after taking theirs, Undo brings yours back.',
    ],
    mine: ['保留我的', 'Keep mine'],
    theirs: ['用對方的', 'Take theirs'],
  },
} as const
