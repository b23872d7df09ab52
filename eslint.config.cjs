// make lint sets NODE_PATH, by which these are found
const js = require("@eslint/js");
const globals = require("globals");

module.exports = [
    {
        files: ["**/static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: {
                ...globals.browser,
                luxon: "readonly",
                odoo: "readonly",
                owl: "readonly",
            },
        },
    },
    { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs", globals: globals.node } },
    {
        rules: {
            ...js.configs.recommended.rules,
            curly: "error",
            eqeqeq: ["error", "smart"],
            "no-console": "error",
            "no-restricted-globals": ["error", "event", "self"],
            "no-shadow": "error",
            "no-unused-vars": ["error", { args: "after-used" }],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": ["error", { destructuring: "all" }],
        },
    },
];
