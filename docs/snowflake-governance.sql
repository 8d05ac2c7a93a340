-- Who sees what: roles, grants, masking and row access policies. Run it after snowflake-setup.sql, as a user who has
-- ACCOUNTADMIN; again does no harm. Policies need Snowflake's Enterprise Edition; without it leave out what says policy, and the
-- variables of environments.json that name one. docs/governance.md tells what each part is for.

use role ACCOUNTADMIN;

-- Who decides who sees what (owns the policies), and who works with what says of nobody who it is.
create role if not exists MEDFORM_PRIVACY;
create role if not exists MEDFORM_ANALYST;
grant role MEDFORM_PRIVACY to role SYSADMIN;
grant role MEDFORM_ANALYST to role SYSADMIN;
grant usage on database EHR_PROD to role MEDFORM_PRIVACY;
grant usage on database EHR_PROD to role MEDFORM_ANALYST;
grant create schema on database EHR_PROD to role MEDFORM_PRIVACY;
grant usage on warehouse MEDFORM_READ to role MEDFORM_PRIVACY;
grant usage on warehouse MEDFORM_READ to role MEDFORM_ANALYST;

-- Analysts read masked views, whatever will be built there, and nothing beneath them: a view reads with its owner's rights.
use role MEDFORM_RUNNER;
create schema if not exists EHR_PROD.MASKED;
create schema if not exists EHR_PROD.GOVERNANCE;
grant usage on schema EHR_PROD.MASKED to role MEDFORM_ANALYST;
use role ACCOUNTADMIN;
grant select on future views in schema EHR_PROD.MASKED to role MEDFORM_ANALYST;

-- Clinicians also open charts by names that stay when a warehouse is replaced, under the same policies.
use role MEDFORM_RUNNER;
create schema if not exists EHR_PROD.READERS;
grant usage on schema EHR_PROD.READERS to role MEDFORM_READER;
use role ACCOUNTADMIN;
grant select on future views in schema EHR_PROD.READERS to role MEDFORM_READER;

-- Who does research reads what is de-identified. Shifted dates are for whom an expert's determination names, so nobody is given
-- them here; the crosswalk is for nobody.
create role if not exists MEDFORM_RESEARCHER;
grant role MEDFORM_RESEARCHER to role SYSADMIN;
grant usage on database EHR_PROD to role MEDFORM_RESEARCHER;
grant usage on warehouse MEDFORM_READ to role MEDFORM_RESEARCHER;
use role MEDFORM_RUNNER;
create schema if not exists EHR_PROD.SAFE_HARBOR;
grant usage on schema EHR_PROD.SAFE_HARBOR to role MEDFORM_RESEARCHER;
use role ACCOUNTADMIN;
grant select on future tables in schema EHR_PROD.SAFE_HARBOR to role MEDFORM_RESEARCHER;
grant select on future views in schema EHR_PROD.SAFE_HARBOR to role MEDFORM_RESEARCHER;

-- Policies, one for each type of column that carries PHI. The rules of the warehouse itself, its masked views among them, read
-- as MEDFORM_RUNNER; clinicians see all; whoever else is given a table sees years, and else nothing.
use role MEDFORM_PRIVACY;
create schema if not exists EHR_PROD.POLICY;
create masking policy if not exists EHR_PROD.POLICY.PHI_VARCHAR as (VAL varchar) returns varchar -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;
create masking policy if not exists EHR_PROD.POLICY.PHI_DATE as (VAL date) returns date -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else date_trunc('year', VAL) end;
create masking policy if not exists EHR_PROD.POLICY.PHI_TIMESTAMP_NTZ as (VAL timestamp_ntz) returns timestamp_ntz -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else date_trunc('year', VAL) end;
create masking policy if not exists EHR_PROD.POLICY.PHI_BOOLEAN as (VAL boolean) returns boolean -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;
create masking policy if not exists EHR_PROD.POLICY.PHI_FLOAT as (VAL float) returns float -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;
create masking policy if not exists EHR_PROD.POLICY.PHI_NUMBER as (VAL number(38, 0)) returns number(38, 0) -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;
create masking policy if not exists EHR_PROD.POLICY.PHI_NUMBER_2 as (VAL number(38, 2)) returns number(38, 2) -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;
create masking policy if not exists EHR_PROD.POLICY.PHI_NUMBER_4 as (VAL number(38, 4)) returns number(38, 4) -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;
create masking policy if not exists EHR_PROD.POLICY.PHI_NUMBER_6 as (VAL number(38, 6)) returns number(38, 6) -> case when invoker_role() = 'MEDFORM_RUNNER' or is_role_in_session('MEDFORM_READER') then VAL else null end;

-- Tenants in one warehouse (the variable tenancy is row): who reads whose rows. A role without a row here sees none.
create table if not exists EHR_PROD.POLICY.TENANT_READER (ROLE_NAME varchar not null, TENANT_ID varchar not null);
create row access policy if not exists EHR_PROD.POLICY.TENANT_ROWS as (TENANT varchar) returns boolean -> is_role_in_session('MEDFORM_RUNNER') or exists (select 1 from EHR_PROD.POLICY.TENANT_READER as reader where reader.TENANT_ID = TENANT and is_role_in_session(reader.ROLE_NAME));

-- Who makes a table names its policies in the CREATE.
grant usage on schema EHR_PROD.POLICY to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_VARCHAR to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_DATE to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_TIMESTAMP_NTZ to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_BOOLEAN to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_FLOAT to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_NUMBER to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_NUMBER_2 to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_NUMBER_4 to role MEDFORM_RUNNER;
grant apply on masking policy EHR_PROD.POLICY.PHI_NUMBER_6 to role MEDFORM_RUNNER;
grant apply on row access policy EHR_PROD.POLICY.TENANT_ROWS to role MEDFORM_RUNNER;
