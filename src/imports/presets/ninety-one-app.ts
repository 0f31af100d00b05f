// 91APP: the field names of its public Admin Order API (developer.91app.com, "admin-order"), which its order export uses as
// column titles as far as third parties write; the merchant chooses among them. 主單 (TM) is the order, 訂單 (TS) a line of it.
import type { Preset } from './register.ts'

export const ninetyOneApp: readonly Preset[] = [
  {
    name: '91app-orders',
    label: { zh: '91APP 訂單', en: '91APP orders' },
    target: 'orders',
    signs: ['主單編號', '訂單編號', '商品數量'],
    whole: true,
    evidence: 'guess',
    constants: { sales_channel: 'online', shop: '91app' },
    mapping: {
      主單編號: 'order_id',
      訂單轉單日: 'ordered_at',
      轉單日期時間: 'ordered_at',
      訂單日期: 'ordered_at',
      訂單狀態: 'status',
      客戶會員編號: 'member_no',
      '91APP會員編號': 'shop_customer',
      會員編號: 'member_no',
      購買人姓名: 'customer_name',
      購買人電話: 'phone',
      會員手機: 'phone',
      會員信箱: 'email',
      付款方式: 'payment_method',
      訂單總折扣金額: 'discount',
      商品名稱: 'product_name',
      商品選項名稱: 'variant',
      商品料號: 'sku',
      商店料號: 'sku',
      '商品選項(SKU)編號': 'product_id',
      商品分類: 'category',
      商品單價: 'price',
      商品數量: 'quantity',
      '商品總金額(單價*數量)': 'line_total',
    },
  },
]
