// A store's QR code: an address of the brand's site that says which store it came from.
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { renderSVG } from 'uqr'
import { storeAddress } from '../../src/catalogue/model.ts'
import { Copy } from '../parts/small.tsx'

const KEPT = 'itinera.store-site'

export function StoreQr({ code, name }: { code: string; name: string }) {
  const { t } = useTranslation()
  const [site, setSite] = useState(localStorage.getItem(KEPT) ?? '')
  const address = storeAddress(site, code)
  const svg = address ? renderSVG(address, { border: 2 }) : null
  const data = svg ? `data:image/svg+xml,${encodeURIComponent(svg)}` : null
  return (
    <section className="card card-body" aria-label={t('catalogue.qr')}>
      <Stack gap="xs">
        <div>
          <Text fw={550}>{t('catalogue.qr')}</Text>
          <Text size="sm" c="dimmed">
            {t('catalogue.qrText')}
          </Text>
        </div>
        <TextInput
          size="xs"
          type="url"
          label={t('catalogue.qrSite')}
          placeholder="https://"
          value={site}
          onChange={e => {
            setSite(e.currentTarget.value)
            localStorage.setItem(KEPT, e.currentTarget.value)
          }}
        />
        {address && data ? (
          <Group align="flex-start" wrap="nowrap">
            <img
              src={data}
              alt={`${t('catalogue.qr')}: ${name}`}
              width={132}
              height={132}
              style={{ background: '#fff', borderRadius: 6 }}
            />
            <Stack gap={6} style={{ minWidth: 0 }}>
              <Group gap={4} wrap="nowrap">
                <Text className="mono">{address}</Text>
                <Copy value={address} label={t('common.copy')} />
              </Group>
              <Button
                component="a"
                href={data}
                download={`qr-${code}.svg`}
                size="compact-xs"
                variant="default"
                style={{ alignSelf: 'flex-start' }}
              >
                {t('catalogue.qrDownload')}
              </Button>
            </Stack>
          </Group>
        ) : null}
      </Stack>
    </section>
  )
}
