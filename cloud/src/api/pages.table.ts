/** One sentence in both languages, in a page that needs nothing but itself. */
const pageOf = (body: string): string => `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>门房 Gatehouse</title>
    <style>
      body { font: 16px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif;
        margin: 12vh auto; max-width: 34rem; padding: 0 1rem;
        background: #f7f6f2; color: #1e2428; }
      code { background: #fff; border: 1px solid #e3e0d8; border-radius: 4px; padding: 2px 6px; }
    </style>
  </head>
  <body>
${body}  </body>
</html>
`;

/** Shown where the dashboard has not been built: what is missing, and the one step that mends it. */
export const notBuiltPage = pageOf(`    <h1>页面还没有构建</h1>
    <p>服务已在运行，接口可用。在仓库目录运行 <code>npm run build</code>，然后重新启动服务。</p>
    <p lang="en">The service runs and its API answers, but the pages were not built. Run
      <code>npm run build</code> in the repository, then start the service again.</p>
`);

/** Shown on the network in place of the chooser, which never leaves its own machine. */
export const scanCodePage = pageOf(`    <h1>请扫描终端里的二维码</h1>
    <p>这里是演示校园。用手机相机扫描启动它的那台电脑终端里的二维码即可进入；每个码只能用一次，十分钟内有效。</p>
    <p lang="en">This is the demo campus. To come in, scan a code in the terminal of the computer that
      runs it, with the camera of this phone. Each code works once, for ten minutes.</p>
`);

/** Shown for a code that is none of ours, was used, or is over. */
export const spentCodePage = pageOf(`    <h1>此码已用过或已过期</h1>
    <p>每个码只能用一次，十分钟内有效。请扫描终端里最新的二维码。</p>
    <p lang="en">This code was used before or is too old: each works once, for ten minutes. Scan the
      latest one in the terminal.</p>
`);
