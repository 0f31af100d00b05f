// Links of the router in Mantine's clothes.
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import { type AnchorHTMLAttributes, forwardRef } from 'react'

export const A = createLink(
  forwardRef<
    HTMLAnchorElement,
    AnchorProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>
  >((props, ref) => <Anchor ref={ref} {...props} />),
)
export const ButtonLink = createLink(
  forwardRef<
    HTMLAnchorElement,
    ButtonProps & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof ButtonProps>
  >((props, ref) => <Button component="a" ref={ref} {...props} />),
)
