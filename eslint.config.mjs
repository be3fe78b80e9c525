import vue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';

/** Each rule of ours says what goes wrong without it. */
const NO_DEFAULT_EXPORT = {
  selector: 'ExportDefaultDeclaration',
  message: 'named exports only: a thing has one name everywhere',
};
const NO_ENUM = {
  selector: 'TSEnumDeclaration',
  message: 'a union of literals says the same without run-time code',
};
const NO_FORWARD_REF = {
  selector: "CallExpression[callee.name='forwardRef']",
  message: 'needing forwardRef means that a third module is missing',
};
const NO_ENVIRONMENT = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'the environment is parsed once, in infra/config; take Config',
};
const NO_CLOCK = [
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'the clock is handed in',
  },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'the clock is handed in' },
  {
    selector: "MemberExpression[object.name='Temporal'][property.name='Now']",
    message: 'the clock is handed in',
  },
];
const NO_STORAGE = [
  { name: 'localStorage', message: 'it throws in a cross-site frame: preferences live on the server' },
  { name: 'sessionStorage', message: 'it throws in a cross-site frame: keep it in memory' },
  { name: 'indexedDB', message: 'it fails in a cross-site frame: keep it in memory' },
];

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'dist-web/',
      'src/generated/',
      '.data/',
      'node_modules/',
      'src/sandbox/*/page/assets/',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
      'no-else-return': 'error',
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_ENUM, NO_FORWARD_REF, NO_ENVIRONMENT],
      eqeqeq: 'error',
      complexity: ['error', 14],
      'max-lines': ['error', { max: 320, skipBlankLines: false, skipComments: false }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 6],
    },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        NO_DEFAULT_EXPORT,
        NO_ENUM,
        NO_FORWARD_REF,
        NO_ENVIRONMENT,
        ...NO_CLOCK,
      ],
    },
  },
  {
    files: [
      'src/infra/config/**/*.ts',
      'src/main.ts',
      'src/sandbox/main.ts',
      'src/**/*.main.ts',
      'prisma.config.ts',
      'vite.config.ts',
    ],
    rules: { 'no-restricted-syntax': ['error', NO_ENUM, NO_FORWARD_REF] },
  },
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: {
      'no-restricted-syntax': ['error', NO_DEFAULT_EXPORT, NO_ENUM],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['widgets/**/*.{ts,vue}'],
    rules: { 'no-restricted-globals': ['error', ...NO_STORAGE] },
  },
  ...vue.configs['flat/recommended'].map((config) => ({ ...config, files: config.files ?? ['**/*.vue'] })),
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
    rules: {
      'vue/no-static-inline-styles': 'error',
      'vue/no-v-html': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/attributes-order': 'off',
    },
  },
);
