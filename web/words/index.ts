// All words of the app, one tree.
import { NODE_WORDS } from '../../src/journeys/node-words.ts'
import { admin } from './admin.ts'
import { attributionWords } from './attribution.ts'
import { broadcastWords } from './broadcasts.ts'
import { audienceWords } from './audiences.ts'
import { auditWords } from './audit.ts'
import { campaignWords } from './campaigns.ts'
import { catalogue } from './catalogue.ts'
import { choiceWords } from './choices.ts'
import { computingWords } from './computing.ts'
import { consentWords } from './consent.ts'
import { conversationWords } from './conversations.ts'
import { engagementWords } from './engagement.ts'
import { frequencyWords } from './frequency.ts'
import { priceWords } from './prices.ts'
import { fieldsOfNodes } from './fields-nodes.ts'
import { frame } from './frame.ts'
import { identity } from './identity.ts'
import { imports } from './imports.ts'
import { install } from './install.ts'
import { insight } from './insight.ts'
import { journeysCanvas } from './journeys-canvas.ts'
import { journeysTrial } from './journeys-trial.ts'
import { journeysNodes } from './journeys-nodes.ts'
import { journeysTriggers } from './journeys-triggers.ts'
import { journeysVersions } from './journeys-versions.ts'
import { journeysWide } from './journeys-wide.ts'
import { kpiWords } from './kpis.ts'
import { lineWords } from './line.ts'
import { modulesWords } from './modules.ts'
import { adapterNames, mailCode, mailHealth, mailKind, mailSettings, mailState } from './mail.ts'
import { pages } from './pages.ts'
import { personWords } from './person.ts'
import { privacyWords } from './privacy.ts'
import { profile } from './profile.ts'
import { rewards } from './rewards.ts'
import { ruleEdit } from './rule-edit.ts'
import { rules } from './rules.ts'
import { quality } from './quality.ts'
import { segments } from './segments.ts'
import { wires } from './wires.ts'
import { sending } from './sending.ts'
import { simulateLimitsWords } from './simulate-limits.ts'
import { webhookState, webhookWords } from './webhooks.ts'
import { work } from './work.ts'

export const words = {
  ...frame,
  ...computingWords,
  ...choiceWords,
  ...pages,
  ...modulesWords,
  ...install,
  ...insight,
  ...engagementWords,
  ...attributionWords,
  ...kpiWords,
  ...quality,
  ...ruleEdit,
  ...rules,
  ...segments,
  ...personWords,
  ...work,
  ...sending,
  ...frequencyWords,
  ...priceWords,
  ...journeysCanvas,
  ...profile,
  ...admin,
  ...auditWords,
  ...privacyWords,
  ...catalogue,
  ...imports,
  ...identity,
  ...journeysWide,
  ...journeysTrial,
  ...simulateLimitsWords,
  ...journeysTriggers,
  ...rewards,
  ...broadcastWords,
  ...campaignWords,
  ...fieldsOfNodes,
  notices: journeysNodes.notices,
  calls: journeysNodes.calls,
  mailHealth,
  webhooks: webhookWords,
  audiences: audienceWords,
  webhookState,
  mailKind,
  mailState,
  mailCode,
  // names that several files add to
  node: NODE_WORDS,
  nodeHelp: { ...journeysCanvas.nodeHelp, ...journeysNodes.nodeHelp },
  port: { ...work.port, ...journeysNodes.port },
  say: { ...work.say, ...journeysNodes.say },
  adapter: { ...adapterNames, ...wires.adapter },
  standInFault: wires.standInFault,
  phone: wires.phone,
  faults: wires.faults,
  till: wires.till,
  whatsapp: wires.whatsapp,
  whatsappCategory: wires.whatsappCategory,
  whatsappStatus: wires.whatsappStatus,
  whatsappMedia: wires.whatsappMedia,
  line: lineWords.line,
  setting: { ...pages.setting, ...lineWords.setting, ...mailSettings, ...wires.setting },
  ...journeysVersions,
  ...conversationWords,
  ...consentWords,
} as const
