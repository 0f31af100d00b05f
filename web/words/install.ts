// Words of Sources → Install: the pixel and its calls, the clients, and what every event may carry.
export const install = {
  install: {
    needKey: [
      '先建立一把寫入金鑰，範例就會帶入你的金鑰。',
      'Create a write key first; the examples then carry it.',
    ],
    useKey: ['使用的金鑰', 'Key to use'],
    pixel: ['網站：像素碼', 'Website: the pixel'],
    pixelText: [
      '貼在每一頁的 head 裡就開始：頁面瀏覽（單頁式網站換頁也算）、實際停留秒數、瀏覽次數、站內搜尋與造訪都會自動記錄。',
      'Paste it into the head of every page. Page views (also of single-page sites), seconds of real attention, view counts, site searches and visits are recorded by themselves.',
    ],
    calls: ['像素碼的呼叫', 'Calls of the pixel'],
    callsText: [
      '這些由你的網站在事情發生時呼叫。商品欄位：product_id、sku、name、category、price、quantity。',
      'Your site makes these when something happens. Fields of a product: product_id, sku, name, category, price, quantity.',
    ],
    call: ['呼叫', 'Call'],
    becomes: ['記錄為', 'Recorded as'],
    how: ['說明', 'What it does'],
    auto: ['自動', 'by itself'],
    page: [
      '頁面瀏覽；要自己呼叫時在標籤加 data-pages="off"。',
      'A page view; add data-pages="off" to the tag to call it yourself.',
    ],
    engaged: [
      '離開或隱藏頁面時記下實際停留秒數：看得到、且 30 秒內有動作才算。',
      'Seconds of attention, when the page is left or hidden: visible, and with a sign of life within 30 s.',
    ],
    search: [
      '站內搜尋；網址有 q、s、search、query、keyword 時自動記錄，可用 data-search 指定參數或 off 關閉。',
      'A site search; by itself when the address has q, s, search, query or keyword. data-search names other parameters, or off.',
    ],
    product: ['看了商品', 'A product was viewed'],
    cart: [
      '放入或移出購物車、查看購物車、開始結帳',
      'Into or out of the cart, the cart viewed, checkout started',
    ],
    order: [
      '完成訂單；同一個 order_id 重新整理也只算一次。',
      'An order; the same order_id counts once, also when the page is loaded again.',
    ],
    identify: [
      '登入的是誰。有伺服器簽章的 userToken 才算已驗證。',
      'Who signed in. Verified only with a userToken that your server signed.',
    ],
    reset: ['登出：之後是新的訪客', 'Signed out: a new visitor from here on'],
    optOut: [
      '拒絕追蹤：不再記錄、也不留任何資料，直到 optIn。瀏覽器的 Global Privacy Control 視同拒絕。',
      'A refusal: nothing is recorded or kept until optIn. The browser’s Global Privacy Control counts as one.',
    ],
    links: ['帶著身份的連結、廣告與門市 QR', 'Links that say who came, advertisements, store QR'],
    linksText: [
      '在網址加上參數即可。itn_token 是伺服器簽章的使用者權杖，像素碼讀完會從網址移除；utm_*、廣告點擊碼與 itn_store 會記為來源。',
      'Put these into an address. itn_token is a user token signed by your server; the pixel takes it out of the address. utm_*, click ids of advertisements and itn_store are kept as what led there.',
    ],
    browser: [
      '網站：Segment 或 RudderStack 的瀏覽器套件',
      'Website: browser clients of Segment or RudderStack',
    ],
    server: [
      '伺服器：Segment 或 RudderStack 的 Node.js 套件',
      'Server: Node.js clients of Segment or RudderStack',
    ],
    serverText: [
      '伺服器請用 API 金鑰：userId 就是會員編號，Email、電話與 LINE uid 都算已驗證的識別碼。',
      'Use an API key on a server: userId is then the member number, and e-mail, phone and LINE uid are verified identifiers.',
    ],
    mobile: ['App：Segment 的行動套件', 'App: mobile clients of Segment'],
    curl: ['任何系統：HTTP', 'Any system: HTTP'],
    curlText: [
      '路徑有 track、identify、page、screen、group、alias、batch 與 import（過去的事件）。messageId 讓重送只算一次。',
      'There are track, identify, page, screen, group, alias, batch, and import for events of the past. messageId makes a retry count once.',
    ],
  },
} as const
