import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, mergeConfig } from 'vitest/config';
import shared from '../../vitest.shared.js';

// What is written in runes is compiled for tests as well.
export default mergeConfig(shared, defineConfig({ plugins: [svelte()] }));
