// The pages of the rail, in their groups; Ctrl-K offers the same list.
import {
  IconActivityHeartbeat,
  IconBuildingStore,
  IconChartBar,
  IconDeviceMobile,
  IconHome,
  IconPlugConnected,
  IconRoute,
  IconSend,
  IconSettings,
  IconShieldCheck,
  IconUsers,
  IconUsersGroup,
  IconWorldUpload,
  type Icon,
} from '@tabler/icons-react'

export const PAGES = [
  { key: 'home', to: '/w/$ws', icon: IconHome, group: null },
  { key: 'customers', to: '/w/$ws/customers', icon: IconUsers, group: 'groupPeople' },
  { key: 'segments', to: '/w/$ws/segments', icon: IconUsersGroup, group: 'groupPeople' },
  { key: 'quality', to: '/w/$ws/quality', icon: IconShieldCheck, group: 'groupPeople' },
  { key: 'journeys', to: '/w/$ws/journeys', icon: IconRoute, group: 'groupAct' },
  { key: 'messages', to: '/w/$ws/messages', icon: IconSend, group: 'groupAct' },
  { key: 'metrics', to: '/w/$ws/metrics', icon: IconChartBar, group: 'groupInsight' },
  { key: 'catalogue', to: '/w/$ws/catalogue', icon: IconBuildingStore, group: 'groupConnect' },
  { key: 'sources', to: '/w/$ws/sources', icon: IconWorldUpload, group: 'groupConnect' },
  { key: 'channels', to: '/w/$ws/channels', icon: IconPlugConnected, group: 'groupConnect' },
  { key: 'ops', to: '/w/$ws/ops', icon: IconActivityHeartbeat, group: 'groupConnect' },
  { key: 'settings', to: '/w/$ws/settings', icon: IconSettings, group: 'groupConnect' },
  { key: 'sandbox', to: '/w/$ws/sandbox', icon: IconDeviceMobile, group: 'groupTry' },
] as const satisfies readonly { key: string; to: string; icon: Icon; group: string | null }[]
