/** Pictures of every page into docs/images: `make screenshots`. Not a test of CI's. */
import { defineConfig } from '@playwright/test'
import base from './playwright.config'

export default defineConfig({ ...base, testDir: 'screenshots', timeout: 300_000 })
