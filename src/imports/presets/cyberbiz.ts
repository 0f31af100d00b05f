// CYBERBIZ: no public page shows the columns of its export; the usual words, to be checked against a real file.
import type { Preset } from './register.ts'

export const cyberbiz: readonly Preset[] = [
  {
    name: 'cyberbiz-orders',
    label: { zh: 'CYBERBIZ 訂單', en: 'CYBERBIZ orders' },
    target: 'orders',
    signs: ['訂單編號', '商品代碼', '付款狀態'],
    evidence: 'guess',
    constants: { sales_channel: 'online' },
    mapping: {
      訂單編號: 'order_id',
      建立時間: 'ordered_at',
      訂單狀態: 'status',
      顧客姓名: 'customer_name',
      顧客信箱: 'email',
      顧客電話: 'phone',
      訂單金額: 'total',
      運費: 'shipping',
      折扣金額: 'discount',
      退款金額: 'refunded',
      付款方式: 'payment_method',
      商品名稱: 'product_name',
      商品代碼: 'sku',
      商品規格: 'variant',
      商品金額: 'price',
      數量: 'quantity',
    },
  },
]
