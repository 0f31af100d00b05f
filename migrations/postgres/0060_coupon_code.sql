-- A till asks who holds a code, whatever bucket they are of: by bucket that were 256 looks into the index.
create index coupon_issue_holder on coupon_issue (workspace_id, code);
drop index coupon_issue_code;
