// The public interface as a golden file: a change of an endpoint shows in the review as a change of
// test/golden/openapi.json.
import { expect, test } from 'vitest'
import { openApiDocument } from '../src/platform/http/openapi.ts'
import { golden } from './golden.ts'

test('the public interface is the golden one', () => {
  expect(golden('openapi.json', JSON.stringify(openApiDocument('0'), null, 1))).toBe('same')
})
