// Builds the pixel to dist/pixel.js: one classic script without dependencies, under 6 KB gzipped.
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  build: {
    target: 'es2020',
    outDir: '../dist',
    emptyOutDir: false,
    lib: { entry: 'pixel.ts', formats: ['iife'], name: 'itineraPixel', fileName: () => 'pixel.js' },
  },
})
