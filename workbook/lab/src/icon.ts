// The workbook's sign: a checklist of which one line is proven.

import { LabIcon } from "@jupyterlab/ui-components";

export const auditIcon = new LabIcon({
  name: "ml-audit-workbook:audit",
  svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M9 2h6a1 1 0 0 1 1 1v1h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h3V3a1 1 0 0 1
1-1zm7 4v1H8V6H6v14h12V6z"/>
    <path d="M10.9 15.2 8.5 12.8l-1.2 1.2 3.6 3.6 6-6-1.2-1.2z"/>
  </g>
</svg>`,
});
