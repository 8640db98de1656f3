// Generated from the API description by `npm run generate`; do not edit.

export interface paths {
    "/api/v1/setup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How people sign in here */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Nobody has a way to sign in yet but a link from the command line. */
                            needed: boolean;
                            oidc: {
                                name: string;
                            } | null;
                            passwordSignIn: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                email: string | null;
                                /** @description May make projects, and see and disable users. */
                                admin: boolean;
                                hasPassword: boolean;
                                twoFactor: boolean;
                            };
                            role: string | null;
                            version: string;
                            project: {
                                id: string;
                                slug: string;
                                name: string;
                            } | null;
                            projects: {
                                /** Format: uuid */
                                id: string;
                                slug: string;
                                name: string;
                                role: "owner" | "editor" | "viewer";
                            }[];
                            workingFolder: {
                                path: string;
                                isRepository: boolean;
                            } | null;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Sign in with a password */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        email: string;
                        password: string;
                        /** @description Six digits from the authenticator app, or a recovery code. */
                        code?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                email: string | null;
                                /** @description May make projects, and see and disable users. */
                                admin: boolean;
                                hasPassword: boolean;
                                twoFactor: boolean;
                            };
                            role: string | null;
                            version: string;
                            project: {
                                id: string;
                                slug: string;
                                name: string;
                            } | null;
                            projects: {
                                /** Format: uuid */
                                id: string;
                                slug: string;
                                name: string;
                                role: "owner" | "editor" | "viewer";
                            }[];
                            workingFolder: {
                                path: string;
                                isRepository: boolean;
                            } | null;
                        };
                    };
                };
            };
        };
        /** Sign out */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What an invitation is to */
        get: {
            parameters: {
                query: {
                    code: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            email: string;
                            role: "owner" | "editor" | "viewer";
                            project: {
                                slug: string;
                                name: string;
                            };
                            /** @description Whether a user with this address exists, who then gives the password of that account. */
                            hasAccount: boolean;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Accept an invitation, and sign in */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        code: string;
                        name?: string;
                        password?: string;
                        /** @description Six digits from the authenticator app, or a recovery code. */
                        secondFactor?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            user: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                email: string | null;
                                /** @description May make projects, and see and disable users. */
                                admin: boolean;
                                hasPassword: boolean;
                                twoFactor: boolean;
                            };
                            role: string | null;
                            version: string;
                            project: {
                                id: string;
                                slug: string;
                                name: string;
                            } | null;
                            projects: {
                                /** Format: uuid */
                                id: string;
                                slug: string;
                                name: string;
                                role: "owner" | "editor" | "viewer";
                            }[];
                            workingFolder: {
                                path: string;
                                isRepository: boolean;
                            } | null;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link that signs a browser in once: your own, or as admin that of another user */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": null | {
                        /** @description Compared without regard to case. */
                        email?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            path: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List jobs, newest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    root?: string;
                    kind?: string;
                    state?: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                    subject?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a job */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            /**
                             * Format: uuid
                             * @description The job that set this one off; its own id if none did.
                             */
                            rootId: string;
                            subjectKind: string | null;
                            subjectId: string | null;
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            progress: {
                                phase: string;
                                done?: number;
                                total?: number;
                                message?: string;
                            } | null;
                            result: unknown;
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            attempt: number;
                            /** Format: date-time */
                            createdAt: string;
                            startedAt: string | null;
                            finishedAt: string | null;
                            /** @description The request that it comes from, as the log and answers name it. */
                            requestId?: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Ask a job to stop */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            /**
                             * Format: uuid
                             * @description The job that set this one off; its own id if none did.
                             */
                            rootId: string;
                            subjectKind: string | null;
                            subjectId: string | null;
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            progress: {
                                phase: string;
                                done?: number;
                                total?: number;
                                message?: string;
                            } | null;
                            result: unknown;
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            attempt: number;
                            /** Format: date-time */
                            createdAt: string;
                            startedAt: string | null;
                            finishedAt: string | null;
                            /** @description The request that it comes from, as the log and answers name it. */
                            requestId?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How many jobs wait, run, or have failed and want somebody to look */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            queued: number;
                            running: number;
                            failed: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Take a failed job off the list */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            /**
                             * Format: uuid
                             * @description The job that set this one off; its own id if none did.
                             */
                            rootId: string;
                            subjectKind: string | null;
                            subjectId: string | null;
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            progress: {
                                phase: string;
                                done?: number;
                                total?: number;
                                message?: string;
                            } | null;
                            result: unknown;
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            attempt: number;
                            /** Format: date-time */
                            createdAt: string;
                            startedAt: string | null;
                            finishedAt: string | null;
                            /** @description The request that it comes from, as the log and answers name it. */
                            requestId?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Run a failed or cancelled job again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            job: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/jobs/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Follow a job to its end (server-sent events) */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get your account */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            email: string | null;
                            /** @description May make projects, and see and disable users. */
                            admin: boolean;
                            hasPassword: boolean;
                            twoFactor: boolean;
                            recoveryCodesLeft: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Change your name or e-mail address */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        /** @description Compared without regard to case. */
                        email?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            email: string | null;
                            /** @description May make projects, and see and disable users. */
                            admin: boolean;
                            hasPassword: boolean;
                            twoFactor: boolean;
                            recoveryCodesLeft: number;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/account/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Set or change your password; ends every other session */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        currentPassword?: string;
                        newPassword: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Prepare a second factor (TOTP) */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description For typing it in, base32. */
                            secret: string;
                            /** @description otpauth://… */
                            uri: string;
                            /** @description The URI as a picture: data:image/svg+xml;base64,… */
                            qr: string;
                        };
                    };
                };
            };
        };
        /** Turn the second factor off, with the password or a code */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        password?: string;
                        /** @description Six digits from the authenticator app, or a recovery code. */
                        code?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/account/two-factor/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Turn the second factor on with a first code */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        code: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description Each works once, shown only now. */
                            recoveryCodes: string[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where you are signed in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                lastUsedAt: string;
                                address: string | null;
                                userAgent: string | null;
                                current: boolean;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** End all of your other sessions */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of your sessions */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tokens for this project: your own, or as an owner everybody’s */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                prefix: string | null;
                                scope: "read" | "write" | "admin";
                                projectId: string | null;
                                /** @description For whom it acts. */
                                user: {
                                    /** Format: uuid */
                                    id: string;
                                    name: string;
                                };
                                /** Format: date-time */
                                createdAt: string;
                                expiresAt: string | null;
                                lastUsedAt: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /** Make a token for this project */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        scope: "read" | "write" | "admin";
                        expiresInDays?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            prefix: string | null;
                            scope: "read" | "write" | "admin";
                            projectId: string | null;
                            /** @description For whom it acts. */
                            user: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                            };
                            /** Format: date-time */
                            createdAt: string;
                            expiresAt: string | null;
                            lastUsedAt: string | null;
                            /** @description Shown only now. */
                            token: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke a token */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List everybody who has an account */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                email: string | null;
                                /** @description May make projects, and see and disable users. */
                                admin: boolean;
                                hasPassword: boolean;
                                twoFactor: boolean;
                                disabled: boolean;
                                /** Format: date-time */
                                createdAt: string;
                                lastSignedInAt: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/users/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Disable a user, or make them admin */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        disabled?: boolean;
                        admin?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            email: string | null;
                            /** @description May make projects, and see and disable users. */
                            admin: boolean;
                            hasPassword: boolean;
                            twoFactor: boolean;
                            disabled: boolean;
                            /** Format: date-time */
                            createdAt: string;
                            lastSignedInAt: string | null;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/projects": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the projects that you may work in */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                slug: string;
                                name: string;
                                role: "owner" | "editor" | "viewer";
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /** Make a project */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        /** @description Its name in addresses; made from the name if not given. */
                        slug?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            role: "owner" | "editor" | "viewer";
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/projects/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Rename the project that the request works in */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            role: "owner" | "editor" | "viewer";
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who works in the project */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                userId: string;
                                name: string;
                                email: string | null;
                                role: "owner" | "editor" | "viewer";
                                /** @description Who gave the role: a person, or the groups that the sign-in provider tells. */
                                source: "person" | "groups";
                                disabled: boolean;
                                /** Format: date-time */
                                addedAt: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/members/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a member out of the project */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    userId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        /** Give a member another role */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    userId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        role: "owner" | "editor" | "viewer";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            userId: string;
                            name: string;
                            email: string | null;
                            role: "owner" | "editor" | "viewer";
                            /** @description Who gave the role: a person, or the groups that the sign-in provider tells. */
                            source: "person" | "groups";
                            disabled: boolean;
                            /** Format: date-time */
                            addedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the invitations that nobody has accepted yet */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                email: string;
                                role: "owner" | "editor" | "viewer";
                                invitedBy: string;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                expiresAt: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /** Invite somebody to the project */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Compared without regard to case. */
                        email: string;
                        role: "owner" | "editor" | "viewer";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            email: string;
                            role: "owner" | "editor" | "viewer";
                            invitedBy: string;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            expiresAt: string;
                            /** @description Where the invited person accepts it. Pass it on yourself; shown only now. */
                            path: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                204: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tracked repositories, newest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    state?: "new" | "ready" | "empty" | "unreachable";
                    /** @description Also list archived repositories. */
                    archived?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @description The top folder of a local repository, or the URL without credentials. */
                                location: string;
                                kind: "path" | "url";
                                hasAccessToken: boolean;
                                defaultBranch: string | null;
                                headCommit: string | null;
                                headCommittedAt: string | null;
                                /** @description The source holds only a part of its history. */
                                shallow: boolean;
                                state: "new" | "ready" | "empty" | "unreachable";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                                historyRewrittenAt: string | null;
                                /** @description Whether source code becomes part of the knowledge base. */
                                includeSource: boolean;
                                syncEveryMinutes: number;
                                lastSyncedAt: string | null;
                                archivedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Track a repository */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description An absolute path, or an https://, ssh:// or file:// URL, or user@host:path. */
                        location: string;
                        name?: string;
                        /** @description A token, or user:password where the host needs the right user name. Stored encrypted, never shown. */
                        accessToken?: string;
                        includeSource?: boolean;
                        syncEveryMinutes?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            repository: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @description The top folder of a local repository, or the URL without credentials. */
                                location: string;
                                kind: "path" | "url";
                                hasAccessToken: boolean;
                                defaultBranch: string | null;
                                headCommit: string | null;
                                headCommittedAt: string | null;
                                /** @description The source holds only a part of its history. */
                                shallow: boolean;
                                state: "new" | "ready" | "empty" | "unreachable";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                                historyRewrittenAt: string | null;
                                /** @description Whether source code becomes part of the knowledge base. */
                                includeSource: boolean;
                                syncEveryMinutes: number;
                                lastSyncedAt: string | null;
                                archivedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            };
                            job: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories:sample": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Track the sample project */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            repository: {
                                /** Format: uuid */
                                id: string;
                                name: string;
                                /** @description The top folder of a local repository, or the URL without credentials. */
                                location: string;
                                kind: "path" | "url";
                                hasAccessToken: boolean;
                                defaultBranch: string | null;
                                headCommit: string | null;
                                headCommittedAt: string | null;
                                /** @description The source holds only a part of its history. */
                                shallow: boolean;
                                state: "new" | "ready" | "empty" | "unreachable";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                                historyRewrittenAt: string | null;
                                /** @description Whether source code becomes part of the knowledge base. */
                                includeSource: boolean;
                                syncEveryMinutes: number;
                                lastSyncedAt: string | null;
                                archivedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            };
                            job: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a repository */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @description The top folder of a local repository, or the URL without credentials. */
                            location: string;
                            kind: "path" | "url";
                            hasAccessToken: boolean;
                            defaultBranch: string | null;
                            headCommit: string | null;
                            headCommittedAt: string | null;
                            /** @description The source holds only a part of its history. */
                            shallow: boolean;
                            state: "new" | "ready" | "empty" | "unreachable";
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                                /** Format: date-time */
                                at: string;
                            } | null;
                            historyRewrittenAt: string | null;
                            /** @description Whether source code becomes part of the knowledge base. */
                            includeSource: boolean;
                            syncEveryMinutes: number;
                            lastSyncedAt: string | null;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Archive a repository; nothing is deleted */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @description The top folder of a local repository, or the URL without credentials. */
                            location: string;
                            kind: "path" | "url";
                            hasAccessToken: boolean;
                            defaultBranch: string | null;
                            headCommit: string | null;
                            headCommittedAt: string | null;
                            /** @description The source holds only a part of its history. */
                            shallow: boolean;
                            state: "new" | "ready" | "empty" | "unreachable";
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                                /** Format: date-time */
                                at: string;
                            } | null;
                            historyRewrittenAt: string | null;
                            /** @description Whether source code becomes part of the knowledge base. */
                            includeSource: boolean;
                            syncEveryMinutes: number;
                            lastSyncedAt: string | null;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change a repository */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        accessToken?: string | null;
                        includeSource?: boolean;
                        syncEveryMinutes?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            name: string;
                            /** @description The top folder of a local repository, or the URL without credentials. */
                            location: string;
                            kind: "path" | "url";
                            hasAccessToken: boolean;
                            defaultBranch: string | null;
                            headCommit: string | null;
                            headCommittedAt: string | null;
                            /** @description The source holds only a part of its history. */
                            shallow: boolean;
                            state: "new" | "ready" | "empty" | "unreachable";
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                                /** Format: date-time */
                                at: string;
                            } | null;
                            historyRewrittenAt: string | null;
                            /** @description Whether source code becomes part of the knowledge base. */
                            includeSource: boolean;
                            syncEveryMinutes: number;
                            lastSyncedAt: string | null;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/repositories/{id}/sync": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring a repository up to date */
        post: {
            parameters: {
                query?: {
                    /** @description Read everything again though nothing changed. */
                    rescan?: boolean;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            job: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/statistics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Languages, contributors, branches and activity */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            repositoryId: string;
                            commit: string;
                            branches: {
                                name: string;
                                commit: string;
                                /** Format: date-time */
                                committedAt: string;
                            }[];
                            languages: {
                                name: string;
                                bytes: number;
                                files: number;
                                color: string | null;
                                /** @description The largest file of the language: where one looks first. */
                                largestPath: string;
                            }[];
                            contributors: {
                                name: string;
                                email: string;
                                commits: number;
                                /** Format: date-time */
                                firstAt: string;
                                /** Format: date-time */
                                lastAt: string;
                            }[];
                            activity: {
                                /** @description The Monday it begins with, UTC. */
                                week: string;
                                commits: number;
                            }[];
                            commitCount: number;
                            fileCount: number;
                            bytes: number;
                            /** Format: date-time */
                            computedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/detections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List detections with their evidence */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    technology?: string;
                    repository?: string;
                    kind?: string;
                    scope?: "runtime" | "development";
                    includeWrong?: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** Format: uuid */
                                repositoryId: string;
                                repositoryName: string;
                                /** @description Slug of the technology. */
                                technology: string;
                                technologyName: string;
                                kind: string;
                                ecosystem: string;
                                packageName: string;
                                /** @description Folder of the package in a monorepo; empty for the root. */
                                component: string;
                                scope: string;
                                versionDeclared: string | null;
                                versionLocked: string | null;
                                confidence: number;
                                rule: string;
                                evidence: {
                                    path: string;
                                    /** @description From 1. */
                                    line: number;
                                    excerpt: string;
                                    /** @description The rule that saw it. */
                                    rule: string;
                                    commit: string;
                                }[];
                                verdict: ("wrong" | "right") | null;
                                /** Format: date-time */
                                firstSeenAt: string;
                                /** Format: date-time */
                                scannedAt: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/detections/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Mark a detection wrong or right; rescans keep it */
        patch: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        verdict: "wrong" | "right";
                        reason?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** Format: uuid */
                            repositoryId: string;
                            repositoryName: string;
                            /** @description Slug of the technology. */
                            technology: string;
                            technologyName: string;
                            kind: string;
                            ecosystem: string;
                            packageName: string;
                            /** @description Folder of the package in a monorepo; empty for the root. */
                            component: string;
                            scope: string;
                            versionDeclared: string | null;
                            versionLocked: string | null;
                            confidence: number;
                            rule: string;
                            evidence: {
                                path: string;
                                /** @description From 1. */
                                line: number;
                                excerpt: string;
                                /** @description The rule that saw it. */
                                rule: string;
                                commit: string;
                            }[];
                            verdict: ("wrong" | "right") | null;
                            /** Format: date-time */
                            firstSeenAt: string;
                            /** Format: date-time */
                            scannedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/scans": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List scans, newest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    repository?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** Format: uuid */
                                repositoryId: string;
                                commit: string;
                                committedAt: string | null;
                                /** Format: date-time */
                                startedAt: string;
                                /** Format: date-time */
                                finishedAt: string;
                                /** @description Files that were read. */
                                files: number;
                                counts: {
                                    detections: number;
                                    technologies: number;
                                    ignored: number;
                                    transitive: {
                                        [key: string]: number;
                                    };
                                };
                                problems: {
                                    path: string;
                                    code: string;
                                    message: string;
                                }[];
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/repositories/{id}/transitive-dependencies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List packages that only other packages ask for */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                ecosystem: string;
                                name: string;
                                version: string;
                                component: string;
                                path: string;
                                line: number;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ignored-paths": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List ignored paths */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                repositoryId: string | null;
                                pattern: string;
                                actorName: string;
                                /** Format: date-time */
                                createdAt: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Leave matching files out of every later scan */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description As in .gitignore, e.g. `examples/`. */
                        pattern: string;
                        /** Format: uuid */
                        repositoryId?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            repositoryId: string | null;
                            pattern: string;
                            actorName: string;
                            /** Format: date-time */
                            createdAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ignored-paths/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Stop ignoring a path */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/technology-pins": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List packages pinned to a technology */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                ecosystem: string;
                                packageName: string;
                                technology: string;
                                technologyName: string;
                                actorName: string;
                                /** Format: date-time */
                                createdAt: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Say which technology a package stands for */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        ecosystem: string;
                        packageName: string;
                        /** @description Slug of the technology that the package stands for. */
                        technology: string;
                        technologyName?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            ecosystem: string;
                            packageName: string;
                            technology: string;
                            technologyName: string;
                            actorName: string;
                            /** Format: date-time */
                            createdAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/technology-pins/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take a pin back */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/technologies": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List technologies by name */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    ring?: "adopt" | "trial" | "assess" | "hold" | "unreviewed";
                    quadrant?: string;
                    kind?: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                    /** @description Part of the name, slug or a tag. */
                    q?: string;
                    /** @description Whether code uses it. */
                    used?: boolean;
                    /** @description The archived ones instead of the others. */
                    archived: boolean;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                slug: string;
                                name: string;
                                /** @enum {string} */
                                kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                                quadrant: string;
                                ring: ("adopt" | "trial" | "assess" | "hold") | null;
                                description: string;
                                owner: string | null;
                                tags: string[];
                                homepage: string | null;
                                links: {
                                    title: string;
                                    url: string;
                                }[];
                                standardVersion: string | null;
                                reviewDate: string | null;
                                /** @description Whether the catalogue of technologies knows it. */
                                catalogued: boolean;
                                usage: {
                                    repositories: number;
                                    detections: number;
                                    /** @description At most ten, the newest first. */
                                    versions: string[];
                                    /** @description Of the surest detection, 0 to 1. */
                                    confidence: number;
                                    /** @description Whether something beyond development uses it. */
                                    runtime: boolean;
                                };
                                /** @description Send it back as If-Match to change the technology. */
                                version: number;
                                archivedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Add a technology by hand */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        slug?: string;
                        /** @enum {string} */
                        kind?: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                        quadrant?: string;
                        description?: string;
                        owner?: string | null;
                        tags?: string[];
                        homepage?: string | null;
                        links?: {
                            title: string;
                            url: string;
                        }[];
                        standardVersion?: string | null;
                        reviewDate?: string | null;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            /** @enum {string} */
                            kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                            quadrant: string;
                            ring: ("adopt" | "trial" | "assess" | "hold") | null;
                            description: string;
                            owner: string | null;
                            tags: string[];
                            homepage: string | null;
                            links: {
                                title: string;
                                url: string;
                            }[];
                            standardVersion: string | null;
                            reviewDate: string | null;
                            /** @description Whether the catalogue of technologies knows it. */
                            catalogued: boolean;
                            usage: {
                                repositories: number;
                                detections: number;
                                /** @description At most ten, the newest first. */
                                versions: string[];
                                /** @description Of the surest detection, 0 to 1. */
                                confidence: number;
                                /** @description Whether something beyond development uses it. */
                                runtime: boolean;
                            };
                            /** @description Send it back as If-Match to change the technology. */
                            version: number;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/technologies/{technology}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a technology */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id or the slug. */
                    technology: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            /** @enum {string} */
                            kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                            quadrant: string;
                            ring: ("adopt" | "trial" | "assess" | "hold") | null;
                            description: string;
                            owner: string | null;
                            tags: string[];
                            homepage: string | null;
                            links: {
                                title: string;
                                url: string;
                            }[];
                            standardVersion: string | null;
                            reviewDate: string | null;
                            /** @description Whether the catalogue of technologies knows it. */
                            catalogued: boolean;
                            usage: {
                                repositories: number;
                                detections: number;
                                /** @description At most ten, the newest first. */
                                versions: string[];
                                /** @description Of the surest detection, 0 to 1. */
                                confidence: number;
                                /** @description Whether something beyond development uses it. */
                                runtime: boolean;
                            };
                            /** @description Send it back as If-Match to change the technology. */
                            version: number;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /** Archive a technology; nothing is deleted */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id or the slug. */
                    technology: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            /** @enum {string} */
                            kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                            quadrant: string;
                            ring: ("adopt" | "trial" | "assess" | "hold") | null;
                            description: string;
                            owner: string | null;
                            tags: string[];
                            homepage: string | null;
                            links: {
                                title: string;
                                url: string;
                            }[];
                            standardVersion: string | null;
                            reviewDate: string | null;
                            /** @description Whether the catalogue of technologies knows it. */
                            catalogued: boolean;
                            usage: {
                                repositories: number;
                                detections: number;
                                /** @description At most ten, the newest first. */
                                versions: string[];
                                /** @description Of the surest detection, 0 to 1. */
                                confidence: number;
                                /** @description Whether something beyond development uses it. */
                                runtime: boolean;
                            };
                            /** @description Send it back as If-Match to change the technology. */
                            version: number;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        /** Change a technology */
        patch: {
            parameters: {
                query?: never;
                header?: {
                    /** @description The version that the change starts from. */
                    "if-match"?: string;
                };
                path: {
                    /** @description The id or the slug. */
                    technology: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name?: string;
                        /** @enum {string} */
                        kind?: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                        quadrant?: string;
                        description?: string;
                        owner?: string | null;
                        tags?: string[];
                        homepage?: string | null;
                        links?: {
                            title: string;
                            url: string;
                        }[];
                        standardVersion?: string | null;
                        reviewDate?: string | null;
                        /**
                         * @description Brings an archived technology back.
                         * @enum {boolean}
                         */
                        archived?: false;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            slug: string;
                            name: string;
                            /** @enum {string} */
                            kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                            quadrant: string;
                            ring: ("adopt" | "trial" | "assess" | "hold") | null;
                            description: string;
                            owner: string | null;
                            tags: string[];
                            homepage: string | null;
                            links: {
                                title: string;
                                url: string;
                            }[];
                            standardVersion: string | null;
                            reviewDate: string | null;
                            /** @description Whether the catalogue of technologies knows it. */
                            catalogued: boolean;
                            usage: {
                                repositories: number;
                                detections: number;
                                /** @description At most ten, the newest first. */
                                versions: string[];
                                /** @description Of the surest detection, 0 to 1. */
                                confidence: number;
                                /** @description Whether something beyond development uses it. */
                                runtime: boolean;
                            };
                            /** @description Send it back as If-Match to change the technology. */
                            version: number;
                            archivedAt: string | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        trace?: never;
    };
    "/api/v1/technologies/{technology}/moves": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List a technology’s judgements, newest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The id or the slug. */
                    technology: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** Format: uuid */
                                technologyId: string;
                                fromRing: ("adopt" | "trial" | "assess" | "hold") | null;
                                /** @enum {string} */
                                toRing: "adopt" | "trial" | "assess" | "hold";
                                reason: string;
                                actor: {
                                    kind: string;
                                    id: string;
                                    name: string;
                                };
                                /** Format: date-time */
                                decidedAt: string;
                                citations: {
                                    /** Format: uuid */
                                    documentId: string;
                                    start: number;
                                    end: number;
                                    quote: string;
                                }[];
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        /** Move a technology into a ring, with the reason */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    /** @description The id or the slug. */
                    technology: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        toRing: "adopt" | "trial" | "assess" | "hold";
                        reason: string;
                        citations?: {
                            /** Format: uuid */
                            documentId: string;
                            start: number;
                            end: number;
                            quote: string;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            technology: {
                                /** Format: uuid */
                                id: string;
                                slug: string;
                                name: string;
                                /** @enum {string} */
                                kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                                quadrant: string;
                                ring: ("adopt" | "trial" | "assess" | "hold") | null;
                                description: string;
                                owner: string | null;
                                tags: string[];
                                homepage: string | null;
                                links: {
                                    title: string;
                                    url: string;
                                }[];
                                standardVersion: string | null;
                                reviewDate: string | null;
                                /** @description Whether the catalogue of technologies knows it. */
                                catalogued: boolean;
                                usage: {
                                    repositories: number;
                                    detections: number;
                                    /** @description At most ten, the newest first. */
                                    versions: string[];
                                    /** @description Of the surest detection, 0 to 1. */
                                    confidence: number;
                                    /** @description Whether something beyond development uses it. */
                                    runtime: boolean;
                                };
                                /** @description Send it back as If-Match to change the technology. */
                                version: number;
                                archivedAt: string | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            };
                            move: {
                                /** Format: uuid */
                                id: string;
                                /** Format: uuid */
                                technologyId: string;
                                fromRing: ("adopt" | "trial" | "assess" | "hold") | null;
                                /** @enum {string} */
                                toRing: "adopt" | "trial" | "assess" | "hold";
                                reason: string;
                                actor: {
                                    kind: string;
                                    id: string;
                                    name: string;
                                };
                                /** Format: date-time */
                                decidedAt: string;
                                citations: {
                                    /** Format: uuid */
                                    documentId: string;
                                    start: number;
                                    end: number;
                                    quote: string;
                                }[];
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/technologies/{technology}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to a technology, in code and on the radar */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                };
                header?: never;
                path: {
                    /** @description The id or the slug. */
                    technology: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                type: "move" | "entered" | "version" | "left";
                                /** Format: date-time */
                                at: string;
                                repositoryId: string | null;
                                repositoryName: string | null;
                                path: string | null;
                                versionBefore: string | null;
                                versionAfter: string | null;
                                commit: string | null;
                                author: string | null;
                                move: {
                                    /** Format: uuid */
                                    id: string;
                                    /** Format: uuid */
                                    technologyId: string;
                                    fromRing: ("adopt" | "trial" | "assess" | "hold") | null;
                                    /** @enum {string} */
                                    toRing: "adopt" | "trial" | "assess" | "hold";
                                    reason: string;
                                    actor: {
                                        kind: string;
                                        id: string;
                                        name: string;
                                    };
                                    /** Format: date-time */
                                    decidedAt: string;
                                    citations: {
                                        /** Format: uuid */
                                        documentId: string;
                                        start: number;
                                        end: number;
                                        quote: string;
                                    }[];
                                } | null;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/radar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The radar, ready to draw */
        get: {
            parameters: {
                query: {
                    /** @description How many unreviewed technologies the outermost band shows at most. */
                    unreviewed: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            quadrants: {
                                id: string;
                                name: string;
                                /** @description Radians, clockwise from the right, as in SVG. */
                                startAngle: number;
                                endAngle: number;
                            }[];
                            /** @description From the centre outward; `unreviewed` only while its band shows something. */
                            rings: {
                                /** @enum {string} */
                                id: "adopt" | "trial" | "assess" | "hold" | "unreviewed";
                                name: string;
                                innerRadius: number;
                                outerRadius: number;
                            }[];
                            /** @description At which no two blips overlap. */
                            blipRadius: number;
                            blips: {
                                /** Format: uuid */
                                technologyId: string;
                                slug: string;
                                name: string;
                                /** @enum {string} */
                                kind: "language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique";
                                quadrant: string;
                                ring: ("adopt" | "trial" | "assess" | "hold") | null;
                                /** @description As in the legend. */
                                number: number;
                                /** @description To the right, -1 to 1 within the radar’s circle. */
                                x: number;
                                /** @description Downward, -1 to 1 within the radar’s circle. */
                                y: number;
                                /** @enum {string} */
                                moved: "new" | "in" | "out" | "none";
                                usage: {
                                    repositories: number;
                                    detections: number;
                                    /** @description At most ten, the newest first. */
                                    versions: string[];
                                    /** @description Of the surest detection, 0 to 1. */
                                    confidence: number;
                                    /** @description Whether something beyond development uses it. */
                                    runtime: boolean;
                                };
                            }[];
                            /** @description All unreviewed technologies that code uses. */
                            unreviewed: number;
                            /** @description Those of them that are not drawn. */
                            rest: number;
                            /** Format: date-time */
                            movedSince: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/radar.svg": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The radar as one SVG file */
        get: {
            parameters: {
                query: {
                    /** @description How many unreviewed technologies the outermost band shows at most. */
                    unreviewed: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/radar/settings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The quadrants */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            quadrants: {
                                id: string;
                                name: string;
                                /** @description What is found with one of these kinds belongs here by default. */
                                kinds: ("language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique")[];
                            }[];
                            version: number;
                        };
                    };
                };
            };
        };
        /** Replace the quadrants */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description Clockwise from the upper left. */
                        quadrants: {
                            id: string;
                            name: string;
                            /** @description What is found with one of these kinds belongs here by default. */
                            kinds?: ("language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique")[];
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            quadrants: {
                                id: string;
                                name: string;
                                /** @description What is found with one of these kinds belongs here by default. */
                                kinds: ("language" | "framework" | "library" | "database" | "infrastructure" | "ci" | "service" | "tool" | "technique")[];
                            }[];
                            version: number;
                        };
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drift": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where code and judgements part, the gravest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    kind?: "hold-used" | "version-behind" | "adopted-unused" | "unreviewed-used" | "review-overdue";
                    severity?: "high" | "medium" | "low";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** @enum {string} */
                                kind: "hold-used" | "version-behind" | "adopted-unused" | "unreviewed-used" | "review-overdue";
                                technology: {
                                    /** Format: uuid */
                                    id: string;
                                    slug: string;
                                    name: string;
                                    ring: ("adopt" | "trial" | "assess" | "hold") | null;
                                };
                                /** @enum {string} */
                                severity: "high" | "medium" | "low";
                                summary: string;
                                /** @description The code that makes it so; at most ten lines. */
                                evidence: {
                                    path: string;
                                    line: number;
                                    excerpt: string;
                                    rule: string;
                                    commit: string;
                                    repositoryId: string;
                                    repositoryName: string;
                                    version: string | null;
                                }[];
                                evidenceTotal: number;
                                decision: {
                                    /** @enum {string} */
                                    ring: "adopt" | "trial" | "assess" | "hold";
                                    reason: string;
                                    by: string;
                                    /** Format: date-time */
                                    at: string;
                                } | null;
                                standardVersion: string | null;
                                reviewDate: string | null;
                            }[];
                            nextCursor: string | null;
                            /** @description How many match the filters. */
                            total: number;
                            /** @description All drift by kind, whatever the filters. */
                            counts: {
                                [key: string]: number;
                            };
                            /** @description Uses whose version can’t be compared with the standard, at most 200. */
                            notCompared: {
                                technology: {
                                    /** Format: uuid */
                                    id: string;
                                    slug: string;
                                    name: string;
                                    ring: ("adopt" | "trial" | "assess" | "hold") | null;
                                };
                                standardVersion: string;
                                repositoryName: string;
                                component: string | null;
                                version: string | null;
                                why: string;
                            }[];
                            scannedRepositories: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List documents, newest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    source?: "repository" | "upload" | "url" | "api";
                    repository?: string;
                    state?: "pending" | "ready" | "failed" | "gone";
                    /** @description Part of the title or the external id. */
                    q?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** @enum {string} */
                                source: "repository" | "upload" | "url" | "api";
                                repositoryId: string | null;
                                /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                                externalId: string;
                                path: string | null;
                                uri: string | null;
                                title: string;
                                mediaType: string;
                                bytes: number;
                                /** @enum {string} */
                                state: "pending" | "ready" | "failed" | "gone";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                chunkCount: number;
                                /** @enum {string} */
                                indexState: "dirty" | "indexed";
                                commit: string | null;
                                /** @description Restored by a person though its source no longer has it. */
                                kept: boolean;
                                goneAt: string | null;
                                goneReason: ("left-source" | "removed") | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        /**
         * Upload up to 100 files
         * @description multipart/form-data with one part a file; the name of a file is its identity.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            documents: {
                                /** Format: uuid */
                                id: string;
                                /** @enum {string} */
                                source: "repository" | "upload" | "url" | "api";
                                repositoryId: string | null;
                                /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                                externalId: string;
                                path: string | null;
                                uri: string | null;
                                title: string;
                                mediaType: string;
                                bytes: number;
                                /** @enum {string} */
                                state: "pending" | "ready" | "failed" | "gone";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                chunkCount: number;
                                /** @enum {string} */
                                indexState: "dirty" | "indexed";
                                commit: string | null;
                                /** @description Restored by a person though its source no longer has it. */
                                kept: boolean;
                                goneAt: string | null;
                                goneReason: ("left-source" | "removed") | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            }[];
                            /** @description Absent if nothing has changed. */
                            job?: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a document with its text */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            source: "repository" | "upload" | "url" | "api";
                            repositoryId: string | null;
                            /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                            externalId: string;
                            path: string | null;
                            uri: string | null;
                            title: string;
                            mediaType: string;
                            bytes: number;
                            /** @enum {string} */
                            state: "pending" | "ready" | "failed" | "gone";
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            chunkCount: number;
                            /** @enum {string} */
                            indexState: "dirty" | "indexed";
                            commit: string | null;
                            /** @description Restored by a person though its source no longer has it. */
                            kept: boolean;
                            goneAt: string | null;
                            goneReason: ("left-source" | "removed") | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                            /** @description The stored text; every offset counts UTF-16 code units of it. */
                            text: string;
                            /** @description Headings, or the symbols of source code. */
                            headings: {
                                title: string;
                                level: number;
                                start: number;
                                line: number;
                            }[];
                            pages: {
                                page: number;
                                start: number;
                                end: number;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        /**
         * Take a document out of search
         * @description It is kept and can be restored.
         */
        delete: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            source: "repository" | "upload" | "url" | "api";
                            repositoryId: string | null;
                            /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                            externalId: string;
                            path: string | null;
                            uri: string | null;
                            title: string;
                            mediaType: string;
                            bytes: number;
                            /** @enum {string} */
                            state: "pending" | "ready" | "failed" | "gone";
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            chunkCount: number;
                            /** @enum {string} */
                            indexState: "dirty" | "indexed";
                            commit: string | null;
                            /** @description Restored by a person though its source no longer has it. */
                            kept: boolean;
                            goneAt: string | null;
                            goneReason: ("left-source" | "removed") | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents:batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add or update up to 1,000 documents
         * @description What the answer names is stored. Sending the same again changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        documents: {
                            externalId: string;
                            title?: string;
                            text: string;
                            /** @description Told from the ending of externalId and the text if not given. */
                            mediaType?: string;
                            uri?: string;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description One item per external id; of equal ones the last counts. */
                            items: {
                                externalId: string;
                                /** Format: uuid */
                                documentId: string;
                                /** @enum {string} */
                                status: "created" | "updated" | "unchanged" | "failed";
                                problem?: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                };
                            }[];
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents:fetch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Add a page by its URL, or fetch it again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        url: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            document: {
                                /** Format: uuid */
                                id: string;
                                /** @enum {string} */
                                source: "repository" | "upload" | "url" | "api";
                                repositoryId: string | null;
                                /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                                externalId: string;
                                path: string | null;
                                uri: string | null;
                                title: string;
                                mediaType: string;
                                bytes: number;
                                /** @enum {string} */
                                state: "pending" | "ready" | "failed" | "gone";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                chunkCount: number;
                                /** @enum {string} */
                                indexState: "dirty" | "indexed";
                                commit: string | null;
                                /** @description Restored by a person though its source no longer has it. */
                                kept: boolean;
                                goneAt: string | null;
                                goneReason: ("left-source" | "removed") | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            };
                            job: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Read a document again */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            document: {
                                /** Format: uuid */
                                id: string;
                                /** @enum {string} */
                                source: "repository" | "upload" | "url" | "api";
                                repositoryId: string | null;
                                /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                                externalId: string;
                                path: string | null;
                                uri: string | null;
                                title: string;
                                mediaType: string;
                                bytes: number;
                                /** @enum {string} */
                                state: "pending" | "ready" | "failed" | "gone";
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                chunkCount: number;
                                /** @enum {string} */
                                indexState: "dirty" | "indexed";
                                commit: string | null;
                                /** @description Restored by a person though its source no longer has it. */
                                kept: boolean;
                                goneAt: string | null;
                                goneReason: ("left-source" | "removed") | null;
                                /** Format: date-time */
                                createdAt: string;
                                /** Format: date-time */
                                updatedAt: string;
                            };
                            job: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/documents/{id}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Bring back a document that is gone */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            /** @enum {string} */
                            source: "repository" | "upload" | "url" | "api";
                            repositoryId: string | null;
                            /** @description What its source calls it: a path, a file name, a URL, or the id that was sent. */
                            externalId: string;
                            path: string | null;
                            uri: string | null;
                            title: string;
                            mediaType: string;
                            bytes: number;
                            /** @enum {string} */
                            state: "pending" | "ready" | "failed" | "gone";
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            chunkCount: number;
                            /** @enum {string} */
                            indexState: "dirty" | "indexed";
                            commit: string | null;
                            /** @description Restored by a person though its source no longer has it. */
                            kept: boolean;
                            goneAt: string | null;
                            goneReason: ("left-source" | "removed") | null;
                            /** Format: date-time */
                            createdAt: string;
                            /** Format: date-time */
                            updatedAt: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search the documents
         * @description Ranks by BM25 and returns the best chunk of each document.
         */
        get: {
            parameters: {
                query: {
                    /** @description Words to look for. Operators have no meaning. */
                    q: string;
                    limit?: number;
                    source?: "repository" | "upload" | "url" | "api";
                    repository?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description One item per document: its best chunk. */
                            items: {
                                documentId: string;
                                externalId: string | null;
                                title: string;
                                /** @description BM25; comparable within one answer, not between queries. */
                                score: number;
                                span: {
                                    /** @description Offset into the document’s text, in UTF-16 code units. */
                                    start: number;
                                    /** @description End of the span, exclusive. */
                                    end: number;
                                    lineStart: number | null;
                                    lineEnd: number | null;
                                    page: number | null;
                                    headingPath: string[];
                                };
                                /** @description The part of the chunk around the words that were found. */
                                excerpt: string;
                                path: string | null;
                                repositoryId: string | null;
                                chunkId: string;
                            }[];
                            /** @description Documents found, counted no further than needed for this answer. */
                            total: number;
                            tookMs: number;
                            index: {
                                state: "ready" | "updating" | "rebuilding" | "empty";
                                /** @description Documents whose last change is not yet searchable. */
                                pending: number;
                            };
                            /** @description What to know about an answer that is empty or incomplete. */
                            note?: string;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ask": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask the documents
         * @description Answers with quotations, or with cited sentences if a language model is configured. With "Accept: text/event-stream" the events quotations, sentence, error and done are sent as they come.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @description What you want to know, in a sentence or in words. */
                        question: string;
                        /**
                         * @description Most quotations to show.
                         * @default 5
                         */
                        limit?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            answered: boolean;
                            mode: "quotations" | "model";
                            message: string;
                            quotations: {
                                /** @description Its number, which citations use. */
                                n: number;
                                documentId: string;
                                title: string;
                                headingPath: string[];
                                page: number | null;
                                lineStart: number;
                                lineEnd: number;
                                /** @description Offset into the document’s text, in UTF-16 code units. */
                                start: number;
                                /** @description End, exclusive. */
                                end: number;
                                /** @description The document’s text from start to end, unchanged. */
                                quote: string;
                                /** @description The share of what the question asks about that stands in the passage and its headings, 0 to 1. */
                                score: number;
                                /** @description Opens the document at the quotation. */
                                url: string;
                            }[];
                            sentences?: {
                                text: string;
                                /** @description Whether each of its citations was found in the stored text and bears it out. */
                                supported: boolean;
                                citations: {
                                    /** @description The number of the quotation. */
                                    n: number;
                                    start: number;
                                    end: number;
                                    /** @description The document’s own words that bear out the sentence. */
                                    quote: string;
                                }[];
                            }[];
                            lookedAt: {
                                documents: number;
                                chunks: number;
                                terms: string[];
                            };
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What there is and what goes on */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            repositories: {
                                total: number;
                                ready: number;
                                unreachable: number;
                                scanned: number;
                            };
                            technologies: {
                                total: number;
                                adopt: number;
                                trial: number;
                                assess: number;
                                hold: number;
                                /** @description Found in code and judged by nobody. */
                                unreviewed: number;
                            };
                            drift: {
                                total: number;
                                byKind: {
                                    [key: string]: number;
                                };
                            };
                            documents: {
                                ready: number;
                                pending: number;
                                failed: number;
                                gone: number;
                            };
                            jobs: {
                                unfinished: number;
                                /** @description At most ten, the newest first. */
                                running: {
                                    /** Format: uuid */
                                    id: string;
                                    kind: string;
                                    /**
                                     * Format: uuid
                                     * @description The job that set this one off; its own id if none did.
                                     */
                                    rootId: string;
                                    subjectKind: string | null;
                                    subjectId: string | null;
                                    state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                    progress: {
                                        phase: string;
                                        done?: number;
                                        total?: number;
                                        message?: string;
                                    } | null;
                                    result: unknown;
                                    problem: {
                                        code: string;
                                        message: string;
                                        remedy?: string;
                                    } | null;
                                    attempt: number;
                                    /** Format: date-time */
                                    createdAt: string;
                                    startedAt: string | null;
                                    finishedAt: string | null;
                                    /** @description The request that it comes from, as the log and answers name it. */
                                    requestId?: string;
                                }[];
                            };
                            /** @description The latest changes, the newest first. */
                            activity: {
                                /** Format: uuid */
                                id: string;
                                /** Format: date-time */
                                at: string;
                                actor: {
                                    kind: string;
                                    id: string;
                                    name: string;
                                };
                                action: string;
                                subjectKind: string;
                                subjectId: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done in the project, newest first */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    /** @description Id of a user or token. */
                    actor?: string;
                    /** @description An action such as radar.move, or a feature such as radar. */
                    action?: string;
                    /** @description Id of what it was done to. */
                    subject?: string;
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** Format: date-time */
                                at: string;
                                actor: {
                                    kind: string;
                                    id: string;
                                    name: string;
                                    address: string | null;
                                };
                                action: string;
                                subjectKind: string;
                                subjectId: string;
                                before: unknown;
                                after: unknown;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/activity/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The project’s whole log as JSON lines */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a user or token. */
                    actor?: string;
                    /** @description An action such as radar.move, or a feature such as radar. */
                    action?: string;
                    /** @description Id of what it was done to. */
                    subject?: string;
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation/activity": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was done outside of projects: sign-ins, passwords, users */
        get: {
            parameters: {
                query: {
                    limit: number;
                    /** @description nextCursor of the previous page. */
                    cursor?: string;
                    /** @description Id of a user or token. */
                    actor?: string;
                    /** @description An action such as radar.move, or a feature such as radar. */
                    action?: string;
                    /** @description Id of what it was done to. */
                    subject?: string;
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                /** Format: uuid */
                                id: string;
                                /** Format: date-time */
                                at: string;
                                actor: {
                                    kind: string;
                                    id: string;
                                    name: string;
                                    address: string | null;
                                };
                                action: string;
                                subjectKind: string;
                                subjectId: string;
                                before: unknown;
                                after: unknown;
                            }[];
                            nextCursor: string | null;
                            total?: number;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/installation/activity/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The installation’s whole log as JSON lines */
        get: {
            parameters: {
                query?: {
                    /** @description Id of a user or token. */
                    actor?: string;
                    /** @description An action such as radar.move, or a feature such as radar. */
                    action?: string;
                    /** @description Id of what it was done to. */
                    subject?: string;
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the backups and how they are */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            schedule: string | null;
                            /** @description A set that the schedule wanted is missing. */
                            stale: boolean;
                            offSite: {
                                place: string;
                                copiedSet: string | null;
                                copiedAt: string | null;
                                checkedAt: string | null;
                            } | null;
                            failures: {
                                step: string;
                                /** Format: date-time */
                                at: string;
                                message: string;
                                remedy: string | null;
                            }[];
                            /** @description The newest first. */
                            sets: {
                                name: string;
                                state: "whole" | "partial" | "foreign" | "damaged";
                                problem: string | null;
                                takenAt: string | null;
                                madeBefore: ("upgrade" | "restore") | null;
                                version: string | null;
                                bytes: number;
                                rows: number;
                                encrypted: boolean;
                                verification: {
                                    held: boolean;
                                    problem: string | null;
                                    /** Format: date-time */
                                    at: string;
                                    /** @description From the first byte to a database that answers. */
                                    recoverySeconds: number;
                                } | null;
                            }[];
                            /** @description What works on sets now, and what ended last. */
                            jobs: {
                                /** Format: uuid */
                                id: string;
                                kind: string;
                                /**
                                 * Format: uuid
                                 * @description The job that set this one off; its own id if none did.
                                 */
                                rootId: string;
                                subjectKind: string | null;
                                subjectId: string | null;
                                state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                                progress: {
                                    phase: string;
                                    done?: number;
                                    total?: number;
                                    message?: string;
                                } | null;
                                result: unknown;
                                problem: {
                                    code: string;
                                    message: string;
                                    remedy?: string;
                                } | null;
                                attempt: number;
                                /** Format: date-time */
                                createdAt: string;
                                startedAt: string | null;
                                finishedAt: string | null;
                                /** @description The request that it comes from, as the log and answers name it. */
                                requestId?: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        /** Make a backup now */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            /**
                             * Format: uuid
                             * @description The job that set this one off; its own id if none did.
                             */
                            rootId: string;
                            subjectKind: string | null;
                            subjectId: string | null;
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            progress: {
                                phase: string;
                                done?: number;
                                total?: number;
                                message?: string;
                            } | null;
                            result: unknown;
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            attempt: number;
                            /** Format: date-time */
                            createdAt: string;
                            startedAt: string | null;
                            finishedAt: string | null;
                            /** @description The request that it comes from, as the log and answers name it. */
                            requestId?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backups/{set}/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Verify a backup by restoring it beside the living data */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    set: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: uuid */
                            id: string;
                            kind: string;
                            /**
                             * Format: uuid
                             * @description The job that set this one off; its own id if none did.
                             */
                            rootId: string;
                            subjectKind: string | null;
                            subjectId: string | null;
                            state: "queued" | "running" | "succeeded" | "failed" | "cancelled";
                            progress: {
                                phase: string;
                                done?: number;
                                total?: number;
                                message?: string;
                            } | null;
                            result: unknown;
                            problem: {
                                code: string;
                                message: string;
                                remedy?: string;
                            } | null;
                            attempt: number;
                            /** Format: date-time */
                            createdAt: string;
                            startedAt: string | null;
                            finishedAt: string | null;
                            /** @description The request that it comes from, as the log and answers name it. */
                            requestId?: string;
                        };
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the drills and how they ended */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            overdue: boolean;
                            /** @description After so many days without a drill one is overdue. */
                            overdueDays: number;
                            objectives: {
                                rtoSeconds: number;
                                rpoSeconds: number;
                            };
                            publicKey: string | null;
                            /** @description The newest first. */
                            items: {
                                id: string;
                                /** Format: date-time */
                                endedAt: string;
                                version: string;
                                set: string;
                                outcome: "held" | "failed" | "incomplete";
                                /** @description Whether it is as this installation has signed it. */
                                signed: boolean;
                                scenarios: {
                                    name: string;
                                    outcome: "held" | "failed" | "not-covered";
                                    problem: string | null;
                                    rtoSeconds: number | null;
                                    rpoSeconds: number | null;
                                    tables: {
                                        compared: number;
                                        equal: number;
                                    };
                                }[];
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills/{id}/report.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed report of a drill */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/drills/{id}/report.md": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same in words */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How the installation is: health, objectives, alerts, processes, jobs and backups */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            status: string;
                            version: string;
                            release: string | null;
                            components: {
                                name: string;
                                status: string;
                                essential: boolean;
                                latencyMs: number | null;
                                version: string | null;
                                checkedAt: string | null;
                                lastSuccessAt: string | null;
                                problem: string | null;
                            }[];
                            processes: {
                                /** @description `api`, `worker`, or `all` for both in one. */
                                role: string;
                                host: string;
                                processId: number;
                                version: string;
                                release: string | null;
                                /** Format: date-time */
                                startedAt: string;
                                figures: {
                                    eventLoopP99Ms: number;
                                    eventLoopMaxMs: number;
                                    /** @description Share of one processor. */
                                    cpu: number;
                                    residentBytes: number;
                                    connections: {
                                        total: number;
                                        idle: number;
                                        waiting: number;
                                        max: number;
                                    };
                                };
                            }[];
                            objectives: {
                                name: string;
                                goal: string;
                                /** @description Of 30 days. */
                                requests: number;
                                missed: number;
                                met: number | null;
                                budgetLeft: number | null;
                                /** @description How many times the pace that the budget allows, by window. */
                                burnRates: {
                                    [key: string]: number | null;
                                };
                            }[];
                            alerts: {
                                id: string;
                                rule: string;
                                subject: string;
                                severity: "critical" | "warning";
                                summary: string;
                                /** @description The page of docs/runbooks. */
                                runbook: string;
                                /** Format: date-time */
                                beganAt: string;
                            }[];
                            jobs: {
                                queued: number;
                                running: number;
                                failed: number;
                                oldestQueuedSeconds: number;
                                workers: number;
                                lostWorkers: number;
                                /** @description Of which any job waits, runs or has failed. */
                                kinds: {
                                    kind: string;
                                    queued: number;
                                    running: number;
                                    failed: number;
                                }[];
                            };
                            backups: {
                                schedule: string | null;
                                stale: boolean;
                                /** @description Steps that failed and have not worked since. */
                                failed: string[];
                                newestAt: string | null;
                                newestVerifiedAt: string | null;
                                recoverySeconds: number | null;
                                offSiteAt: string | null;
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was answered how fast by route, and the requests that were slow or failed */
        get: {
            parameters: {
                query: {
                    seconds: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            seconds: number;
                            all: {
                                requests: number;
                                failed: number;
                                perSecond: number;
                                p50Ms: number | null;
                                p95Ms: number | null;
                                p99Ms: number | null;
                            };
                            routes: {
                                method: string;
                                route: string;
                                requests: number;
                                failed: number;
                                perSecond: number;
                                p50Ms: number | null;
                                p95Ms: number | null;
                                p99Ms: number | null;
                            }[];
                            /** @description Slow requests and those that failed on the server, the newest first. */
                            noted: {
                                /** Format: date-time */
                                at: string;
                                why: "slow" | "failed";
                                method: string;
                                route: string;
                                status: number;
                                durationMs: number;
                                requestId: string;
                                traceId: string | null;
                                parts: {
                                    [key: string]: number;
                                };
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What has happened to the installation: deploys, incidents, backups, restores and drills */
        get: {
            parameters: {
                query: {
                    days: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @description The newest first. */
                            items: {
                                kind: "deploy" | "incident" | "backup" | "restore" | "drill";
                                /** Format: date-time */
                                at: string;
                                until: string | null;
                                severity: "info" | ("critical" | "warning");
                                title: string;
                                detail: string | null;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/diagnosis": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything that helps to find out what is wrong, without secrets */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** Format: date-time */
                            takenAt: string;
                            versions: unknown;
                            configuration: {
                                name: string;
                                value: unknown;
                                secret: boolean;
                                set: boolean;
                            }[];
                            health: unknown;
                            operations: unknown;
                            requests: unknown;
                            timeline: unknown[];
                            migrations: unknown[];
                            /** @description As /metrics tells them. */
                            metrics: string;
                            log: string[] | null;
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: never;
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
