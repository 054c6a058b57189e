// Tests of what is pure: they run without a browser. What needs one is looked at (dev/look.mjs) and proven by the stories.
import { defineConfig } from 'vitest/config';

export default defineConfig({ test: { include: ['tests/**/*.test.ts'], environment: 'node' } });
