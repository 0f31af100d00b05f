// One accent, neutral greys, four meanings that never change. Contrast is at least 4.5:1 in both schemes.
import { createTheme, type CSSVariablesResolver } from '@mantine/core'

/** `close` is the word for closing a dialog, in the language at hand. */
export function themeFor(close: string) {
  const dialog = {
    // a dialog's header is no banner of the page
    attributes: { header: { role: 'none' } },
    transitionProps: { duration: 120 },
    closeButtonProps: { 'aria-label': close },
  }
  return createTheme({
    primaryColor: 'indigo',
    primaryShade: { light: 7, dark: 8 },
    fontFamily:
      'Inter, "PingFang TC", "Noto Sans TC", "Noto Sans CJK TC", "Microsoft JhengHei", system-ui, sans-serif',
    fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono CJK TC", monospace',
    headings: { fontFamily: 'inherit', fontWeight: '650' },
    fontSizes: { xs: '0.78rem', sm: '0.86rem', md: '0.875rem', lg: '1rem', xl: '1.15rem' },
    lineHeights: { xs: '1.5', sm: '1.55', md: '1.6', lg: '1.6', xl: '1.5' },
    defaultRadius: 'md',
    radius: { xs: '4px', sm: '6px', md: '8px', lg: '12px', xl: '16px' },
    cursorType: 'pointer',
    respectReducedMotion: true,
    components: {
      Tooltip: { defaultProps: { withArrow: true, openDelay: 250, multiline: true, maw: 320 } },
      Modal: { defaultProps: dialog },
      Drawer: { defaultProps: dialog },
      Notification: {
        defaultProps: {
          closeButtonProps: { 'aria-label': close },
          styles: { description: { color: 'var(--mantine-color-dimmed)' } }, // Mantine's own is too pale
        },
      },
      Skeleton: { defaultProps: { radius: 'sm' } },
    },
  })
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#5a6270',
    '--mantine-color-placeholder': '#6b7280',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': '#3b5bdb', // also on the row that the pointer is on
    '--mantine-color-indigo-light-color': '#364fc7',
    '--app-canvas': '#f7f8fa',
    '--app-card': '#ffffff',
    '--app-line': '#e3e6eb',
    '--app-soft': '#f1f3f7',
    '--app-good': '#1a7f37',
    '--app-good-bg': '#e8f6ec',
    '--app-wait': '#8a5300',
    '--app-wait-bg': '#fdf2dd',
    '--app-bad': '#c2222b',
    '--app-bad-bg': '#fdecec',
    '--app-skip': '#566070',
    '--app-skip-bg': '#eef0f3',
    '--app-accent': '#3b5bdb',
    '--app-accent-bg': '#edf1ff',
    '--app-line-brand': '#067a35',
    '--app-email-brand': '#0b6e99',
  },
  dark: {
    '--mantine-color-body': '#17191e',
    '--mantine-color-dimmed': '#a3abb8',
    '--mantine-color-placeholder': '#949dab',
    '--mantine-color-error': '#ff8f8f',
    '--mantine-color-dark-4': '#3a414d',
    '--mantine-color-dark-5': '#2c323c',
    '--mantine-color-dark-6': '#23272f',
    '--mantine-color-dark-7': '#1b1e24',
    '--mantine-color-dark-8': '#14161b',
    '--mantine-color-text': '#e4e7ec',
    '--mantine-color-indigo-light-color': '#a5b6ff',
    '--app-canvas': '#121418',
    '--app-card': '#1b1e24',
    '--app-line': '#2c313a',
    '--app-soft': '#22262e',
    '--app-good': '#5fd38a',
    '--app-good-bg': '#16301f',
    '--app-wait': '#f0b955',
    '--app-wait-bg': '#33280f',
    '--app-bad': '#ff8f8f',
    '--app-bad-bg': '#3a1a1c',
    '--app-skip': '#a9b2c0',
    '--app-skip-bg': '#272c35',
    '--app-accent': '#a5b6ff',
    '--app-accent-bg': '#222a48',
    '--app-line-brand': '#5fd38a',
    '--app-email-brand': '#6cc3e8',
  },
})
