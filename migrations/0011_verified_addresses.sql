-- compatible
-- Whether somebody else vouches for the e-mail address: an owner by an invitation, the provider, an admin.
-- One that its user has typed in must not catch the sign-in of who really has it.
alter table users add column email_verified boolean not null default false;
update users set email_verified = true where email is not null;
