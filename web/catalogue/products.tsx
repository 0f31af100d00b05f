// Products: list with pictures, and a drawer with price, cost, stock and variants.
import { Group, NumberInput, Select, TagsInput, TextInput } from '@mantine/core'
import { IconPackage } from '@tabler/icons-react'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PRODUCT_STATUSES } from '../../src/catalogue/model.ts'
import type { Out } from '../../src/contract.ts'
import { fromSmallestUnit, toSmallestUnit } from '../../src/customers/money.ts'
import { useAct, useApi, usePages } from '../api/queries.ts'
import { AsOpened } from '../parts/newer.tsx'
import { Badge } from '../parts/small.tsx'
import { Show } from '../parts/state.tsx'
import { FigureHead } from '../parts/table.tsx'
import { useSay, useWorkspace } from '../use.ts'
import { ShelfActions } from './actions.tsx'
import { CodeField, EditDrawer, NameField, orNull } from './drawer.tsx'
import { OpenRow, ShelfList, useShelfSearch } from './list.tsx'
import { Picture, PictureField } from './picture.tsx'
import { flagOf } from './stores.tsx'
import { type VariantDraft, Variants } from './variants.tsx'

const route = getRouteApi('/w/$ws/catalogue')
type Product = Out<'product'>
type Status = Product['status']

const STATUS = {
  active: { word: 'catalogue.statusActive', tone: 'good' },
  hidden: { word: 'catalogue.statusHidden', tone: 'skip' },
  discontinued: { word: 'catalogue.statusDiscontinued', tone: 'wait' },
} as const

export function Products({ ws }: { ws: string }) {
  const { t } = useTranslation()
  const say = useSay()
  const { workspace } = useWorkspace()
  const { q, archived, category, status, edit } = route.useSearch()
  const set = useShelfSearch()
  const wanted = PRODUCT_STATUSES.find(s => s === status)
  const list = usePages('products', {
    ws,
    query: { q, category, status: wanted, archived: flagOf(archived), limit: 50 },
  })
  const money = (p: Product, amount: number | null) =>
    amount === null ? '—' : say.money(amount, p.currency ?? workspace?.currency ?? 'TWD')
  return (
    <>
      <ShelfList
        query={list}
        total={list.first?.total}
        q={q}
        archived={archived === 'true'}
        filtered={Boolean(q || archived || category || status)}
        set={set}
        hint={t('catalogue.searchProducts')}
        filters={
          <>
            <Select
              size="xs"
              w={160}
              clearable
              searchable
              aria-label={t('catalogue.category')}
              placeholder={t('catalogue.allCategories')}
              data={list.first?.categories ?? []}
              value={category ?? null}
              onChange={value => set({ category: value ?? undefined })}
            />
            <Select
              size="xs"
              w={130}
              clearable
              aria-label={t('catalogue.status')}
              placeholder={t('catalogue.allStatuses')}
              data={PRODUCT_STATUSES.map(s => ({ value: s, label: t(STATUS[s].word) }))}
              value={wanted ?? null}
              onChange={value => set({ status: value ?? undefined })}
            />
          </>
        }
        actions={<ShelfActions ws={ws} label={t('catalogue.newProduct')} add={() => set({ edit: 'new' })} />}
        empty={{
          icon: <IconPackage />,
          title: t('catalogue.noProducts'),
          text: t('catalogue.noProductsText'),
        }}
        head={
          <>
            <th>{t('catalogue.name')}</th>
            <th>{t('catalogue.code')}</th>
            <th>{t('catalogue.category')}</th>
            <th>{t('catalogue.brand')}</th>
            <th className="end">{t('catalogue.price')}</th>
            <th className="end">{t('catalogue.cost')}</th>
            <FigureHead label={t('catalogue.margin')} definition={t('catalogue.marginDef')} />
            <th className="end">{t('catalogue.stock')}</th>
            <th>{t('catalogue.status')}</th>
          </>
        }
        row={p => (
          <tr key={p.id}>
            <td>
              <Group gap="sm" wrap="nowrap">
                <Picture url={p.imageUrl} size={36} />
                <OpenRow name={p.name} open={() => set({ edit: p.id })} />
              </Group>
            </td>
            <td className="mono nowrap">{p.code}</td>
            <td className="nowrap">{p.category.join(' › ') || '—'}</td>
            <td className="nowrap">{p.brand ?? '—'}</td>
            <td className="end nowrap">{money(p, p.price)}</td>
            <td className="end nowrap">{money(p, p.cost)}</td>
            <td className="end nowrap">
              {p.price && p.cost !== null ? `${(((p.price - p.cost) / p.price) * 100).toFixed(1)} %` : '—'}
            </td>
            <td className="end">{p.stock === null ? '—' : say.count(p.stock)}</td>
            <td>
              <Badge tone={STATUS[p.status].tone}>{t(STATUS[p.status].word)}</Badge>
            </td>
          </tr>
        )}
      />
      {edit ? <ProductDrawer ws={ws} id={edit} close={() => set({ edit: undefined })} /> : null}
    </>
  )
}

function ProductDrawer({ ws, id, close }: { ws: string; id: string; close: () => void }) {
  const query = useApi('product', { ws, product: id }, { enabled: id !== 'new' })
  if (id === 'new') return <Form ws={ws} product={null} close={close} />
  return (
    <Show query={query}>
      {latest => <AsOpened latest={latest}>{p => <Form ws={ws} product={p} close={close} />}</AsOpened>}
    </Show>
  )
}

function Form({ ws, product, close }: { ws: string; product: Product | null; close: () => void }) {
  const { t } = useTranslation()
  const { workspace } = useWorkspace()
  const currency = product?.currency ?? workspace?.currency ?? 'TWD'
  const shown = (amount: number | null | undefined): number | string =>
    amount === null || amount === undefined ? '' : fromSmallestUnit(amount, currency)
  const kept = (value: number | string): number | null =>
    value === '' ? null : toSmallestUnit(value, currency)
  const [code, setCode] = useState(product?.code ?? '')
  const [name, setName] = useState(product?.name ?? '')
  const [sku, setSku] = useState(product?.sku ?? '')
  const [brand, setBrand] = useState(product?.brand ?? '')
  const [category, setCategory] = useState(product?.category ?? [])
  const [price, setPrice] = useState(shown(product?.price))
  const [cost, setCost] = useState(shown(product?.cost))
  const [stock, setStock] = useState<number | string>(product?.stock ?? '')
  const [imageUrl, setImageUrl] = useState(product?.imageUrl ?? '')
  const [url, setUrl] = useState(product?.url ?? '')
  const [status, setStatus] = useState<Status>(product?.status ?? 'active')
  const [variants, setVariants] = useState<VariantDraft[]>(
    (product?.variants ?? []).map((v, key) => ({
      key,
      sku: v.sku,
      name: v.name,
      price: shown(v.price),
      cost: shown(v.cost),
      stock: v.stock ?? '',
    })),
  )
  const create = useAct('createProduct', { done: t('common.saved'), after: close })
  const save = useAct('saveProduct', { done: t('common.saved'), after: close })
  const body = {
    name: name.trim(),
    sku: orNull(sku),
    brand: orNull(brand),
    category,
    price: kept(price),
    cost: kept(cost),
    currency: product?.currency ?? null,
    stock: typeof stock === 'number' ? stock : null,
    imageUrl: orNull(imageUrl),
    url: orNull(url),
    status,
    variants: variants.map(v => ({
      sku: v.sku.trim(),
      name: v.name.trim(),
      price: kept(v.price) ?? undefined,
      cost: kept(v.cost) ?? undefined,
      stock: typeof v.stock === 'number' ? v.stock : undefined,
    })),
    attributes: product?.attributes ?? {},
  }
  const put = (archived: boolean) =>
    product && save.mutate({ ws, product: product.id, body: { ...body, archived, version: product.version } })
  return (
    <EditDrawer
      title={t(product ? 'catalogue.editProduct' : 'catalogue.newProduct')}
      name={name}
      archived={product?.archived ?? false}
      saving={create.isPending || save.isPending}
      close={close}
      save={() =>
        product ? put(product.archived) : create.mutate({ ws, body: { ...body, code: code.trim() } })
      }
      archive={product ? put : undefined}
    >
      <CodeField isNew={product === null} value={code} set={setCode} />
      <NameField isNew={product === null} most={500} value={name} set={setName} />
      <PictureField ws={ws} url={imageUrl} set={setImageUrl} />
      <TagsInput
        label={t('catalogue.category')}
        description={t('catalogue.categoryText')}
        maxTags={10}
        value={category}
        onChange={setCategory}
      />
      <Group grow>
        <TextInput
          label={t('catalogue.brand')}
          maxLength={100}
          value={brand}
          onChange={e => setBrand(e.currentTarget.value)}
        />
        <TextInput
          label={t('catalogue.sku')}
          maxLength={100}
          value={sku}
          onChange={e => setSku(e.currentTarget.value)}
        />
      </Group>
      <Group grow>
        <Money label={t('catalogue.price')} value={price} set={setPrice} />
        <Money label={t('catalogue.cost')} value={cost} set={setCost} />
        <NumberInput
          label={t('catalogue.stock')}
          allowDecimal={false}
          thousandSeparator=","
          hideControls
          value={stock}
          onChange={setStock}
        />
      </Group>
      <Select
        label={t('catalogue.status')}
        allowDeselect={false}
        data={PRODUCT_STATUSES.map(s => ({ value: s, label: t(STATUS[s].word) }))}
        value={status}
        onChange={value => setStatus(PRODUCT_STATUSES.find(s => s === value) ?? 'active')}
      />
      <TextInput
        type="url"
        label={t('catalogue.url')}
        placeholder="https://"
        value={url}
        onChange={e => setUrl(e.currentTarget.value)}
      />
      <Variants variants={variants} set={setVariants} />
    </EditDrawer>
  )
}

function Money({
  label,
  value,
  set,
}: {
  label: string
  value: number | string
  set: (value: number | string) => void
}) {
  return (
    <NumberInput
      label={label}
      min={0}
      decimalScale={2}
      thousandSeparator=","
      hideControls
      value={value}
      onChange={set}
    />
  )
}
