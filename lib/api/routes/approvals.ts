import { ApprovalList } from "../../contract/intake.ts";
import { listApprovals, revokeApproval } from "../../operations/address/approved-addresses.ts";
import { route } from "../route.ts";

export const approvalRoutes = [
  route("GET", "/api/approvals", {
    permission: "settings:read",
    summary: "Loopback and private addresses that may be contacted, newest first, and the plugins at each",
    response: ApprovalList,
    handle: ({ context, actor }) => listApprovals(context, actor),
  }),

  route("DELETE", "/api/approvals/:id", {
    permission: "settings:write",
    summary: "Take a permission to connect back; the id is host:port",
    response: "nothing",
    handle: ({ context, actor, id }) => revokeApproval(context, actor, id),
  }),
];
