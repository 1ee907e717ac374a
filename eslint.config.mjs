// Faults, not taste: layout is Prettier's.
import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import { defineConfig, globalIgnores } from 'eslint/config';
import typescript from 'typescript-eslint';

const unused = { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true };

export default defineConfig(
  globalIgnores(['build/', '**/node_modules/']),
  js.configs.recommended,
  {
    rules: {
      // `!= null` means neither null nor undefined, which is what is meant.
      eqeqeq: ['error', 'smart'],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-self-compare': 'error',
      // A name that begins with _ is there for its place; what is taken out of a rest is to be left out.
      'no-unused-vars': ['error', unused],
      // Control characters and spaces are what some tests look for.
      'no-control-regex': 'off',
      'no-regex-spaces': 'off',
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  // What is handed to the browser stands in the same file.
  { files: ['tests/web/**/*.mjs'], languageOptions: { globals: globals.browser } },
  {
    files: ['web/**/*.{ts,vue}'],
    extends: [typescript.configs.recommended, vue.configs['flat/recommended']],
    languageOptions: { globals: globals.browser, parserOptions: { parser: typescript.parser } },
    rules: {
      // The compiler knows names (vue-tsc runs in `npm run check`).
      'no-undef': 'off',
      'no-unused-vars': 'off',
      '@typescript-eslint/no-unused-vars': ['error', unused],
    },
  },
  prettier,
);
