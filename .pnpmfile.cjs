// node-<platform> publishes "os" and "cpu" as strings; pnpm reads only lists.
const list = (value) => (typeof value === 'string' ? [value] : value);

module.exports = {
  hooks: {
    readPackage(pkg) {
      if (/^node-(linux|win)-/.test(pkg.name)) Object.assign(pkg, { os: list(pkg.os), cpu: list(pkg.cpu) });
      return pkg;
    },
  },
};
