import { resolve } from 'node:path';
import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

const root = resolve(import.meta.dirname, 'widgets');

export default defineConfig({
  root,
  base: '/widgets/',
  plugins: [
    vue(),
    vueI18n({
      module: 'petite-vue-i18n',
      include: resolve(root, 'src/i18n/*.json'),
      runtimeOnly: true,
      dropMessageCompiler: true,
      // Texts never carry markup: Vue escapes them, and a "<" in a message is a fault of the build.
      strictMessage: true,
      escapeHtml: false,
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
    __INTLIFY_JIT_COMPILATION__: 'true',
  },
  build: {
    outDir: resolve(import.meta.dirname, 'dist-web'),
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // One small sheet for every screen: a lazy screen must never flash unstyled.
    cssCodeSplit: false,
    // Every browser that can show the portal preloads modules by itself; the polyfill would be dead weight.
    modulePreload: { polyfill: false },
    // No data: addresses for scripts or fonts: the policy allows them for pictures only.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 300,
  },
});
