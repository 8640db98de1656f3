export interface paths {
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
                                id: string;
                                name: string;
                            };
                            role: string;
                            version: string;
                            project: {
                                id: string;
                                name: string;
                            };
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
        post?: never;
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
    "/api/v1/login-links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link that signs a browser in once */
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

// PROVISIONAL
type Json<T> = { content: { 'application/json': T }; headers: { [name: string]: unknown } };
type Op<Q, P, B, R, H = never> = {
  parameters: { query?: Q; path: P; header?: H; cookie?: never };
  requestBody: B extends undefined ? undefined : { content: { 'application/json': B } };
  responses: { 200: Json<R> };
};
type Par<Q, Pa> = { query?: Q; header?: never; cookie?: never } & ([Pa] extends [never] ? { path?: never } : { path: Pa });
type Bo<B> = [B] extends [undefined] ? { requestBody?: never } : { requestBody: Json<B> };
type G<R, Q = never, Pa = never> = { parameters: { query?: never; header?: never; path?: never; cookie?: never }; get: { parameters: Par<Q, Pa>; requestBody?: never; responses: { 200: Json<R> } } };
type P<B, R, Pa = never> = { post: { parameters: Par<never, Pa>; responses: { 200: Json<R> } } & Bo<B> };
type Page<T> = { items: T[]; nextCursor: string | null; total?: number };
type Pg = { limit?: number; cursor?: string };
type RingId = 'adopt' | 'trial' | 'assess' | 'hold';
interface Job { id: string; kind: string; rootId: string; subjectKind: string | null; subjectId: string | null; state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled'; progress: { phase: string; done?: number; total?: number; message?: string } | null; result: unknown; problem: { code: string; message: string; remedy?: string } | null; attempt: number; createdAt: string; startedAt: string | null; finishedAt: string | null }
interface Repo { id: string; name: string; location: string; kind: 'path' | 'url'; defaultBranch: string | null; headCommit: string | null; headCommittedAt: string | null; state: 'new' | 'ready' | 'empty' | 'unreachable'; problem: { code: string; message: string; at: string } | null; historyRewrittenAt: string | null; lastSyncedAt: string | null; includeSource: boolean; createdAt: string; updatedAt: string }
interface Stats { commit: string; branches: { name: string; commit?: string; committedAt?: string }[]; languages: { name: string; bytes: number; color: string | null }[]; contributors: { name: string; email: string; commits: number; firstAt: string; lastAt: string }[]; activity: { week: string; commits: number }[]; commitCount: number }
interface Ev { path: string; line: number; excerpt: string; rule: string; commit: string }
interface Det { id: string; repositoryId: string; repositoryName: string; technology: string; technologyName: string; kind: string; ecosystem: string | null; packageName: string | null; component: string; scope: 'runtime' | 'development' | 'transitive'; versionDeclared: string | null; versionLocked: string | null; confidence: number; rule: string; evidence: Ev[]; verdict: 'wrong' | 'right' | null; scannedAt: string }
interface Tech { id: string; slug: string; name: string; kind: string; quadrant: string; ring: RingId | null; description: string; owner: string | null; tags: string[]; homepage: string | null; links: { title: string; url: string }[]; standardVersion: string | null; reviewDate: string | null; usage: { repositories: number; detections: number; versions: string[] }; version: number; createdAt: string; updatedAt: string }
interface Move { id: string; technologyId: string; fromRing: RingId | null; toRing: RingId; reason: string; actor: { kind: string; id: string; name: string }; decidedAt: string; citations: Cite[] }
interface Cite { documentId: string; start: number; end: number; quote: string }
interface Hist { type: 'move' | 'entered' | 'version' | 'left'; at: string; repositoryId: string | null; repositoryName: string | null; path: string | null; versionBefore: string | null; versionAfter: string | null; commit: string | null; author: string | null; move: Move | null }
interface Blip { kind: string; technologyId: string; slug: string; name: string; quadrant: string; ring: RingId | null; number: number; x: number; y: number; moved: 'in' | 'out' | 'none' | 'new'; usage: { repositories: number; detections: number; versions: string[] } }
interface DriftI { kind: 'hold-used' | 'unreviewed-used' | 'adopted-unused' | 'version-behind' | 'review-overdue'; technology: { id: string; slug: string; name: string; ring: RingId | null }; severity: 'high' | 'medium' | 'low'; summary: string; evidence: { path: string; line: number | null; excerpt: string; rule: string; commit: string; repositoryId: string; repositoryName: string; version: string | null }[]; evidenceTotal: number; decision: { ring: RingId; reason: string; by: string; at: string } | null; standardVersion: string | null; reviewDate: string | null }
interface Doc { id: string; source: 'repository' | 'upload' | 'url' | 'api'; repositoryId: string | null; externalId: string; path: string | null; uri: string | null; title: string; mediaType: string; bytes: number; state: 'pending' | 'ready' | 'failed' | 'gone'; indexState: 'dirty'|'indexed'; goneReason: 'left-source'|'removed'|null; problem: { code: string; message: string; remedy?: string } | null; goneAt: string | null; createdAt: string; updatedAt: string }
interface Span { start: number; end: number; lineStart: number; lineEnd: number; page: number | null; headingPath: string[] }
interface Hit { documentId: string; externalId: string; title: string; score: number; span: Span; excerpt: string; path: string | null; repositoryId: string | null; chunkId: string }


export interface paths {
  '/api/v1/detections': G<Page<Det>, Pg & { technology?: string; repository?: string; kind?: string; scope?: string; includeWrong?: boolean }>;
  '/api/v1/detections/{id}': { patch: { parameters: { path: { id: string } }; requestBody: Json<{ verdict: 'wrong' | 'right'; reason?: string }>; responses: { 200: Json<Det> } } };
  '/api/v1/technologies': G<Page<Tech>, Pg & { ring?: string; quadrant?: string; q?: string; kind?: string; used?: boolean }>;
  '/api/v1/technologies/{technology}': G<Tech, never, { technology: string }> & { patch: { parameters: { path: { technology: string }; header?: { 'if-match'?: string } }; requestBody: Json<Partial<Pick<Tech, 'name' | 'quadrant' | 'description' | 'owner' | 'tags' | 'links' | 'homepage' | 'standardVersion' | 'reviewDate'>>>; responses: { 200: Json<Tech> } } };
  '/api/v1/technologies/{technology}/moves': G<Page<Move>, Pg, { technology: string }> & P<{ toRing: RingId; reason: string; citations?: Cite[] }, Move, { technology: string }>;
  '/api/v1/technologies/{technology}/history': G<Page<Hist>, Pg, { technology: string }>;
  '/api/v1/radar': G<{ quadrants: { id: string; name: string }[]; rings: { id: string; name: string; innerRadius: number; outerRadius: number }[]; blipRadius: number; blips: Blip[]; unreviewed: number; rest: number; movedSince: string }, { unreviewed?: number }>;
  '/api/v1/drift': G<Page<DriftI> & { total: number; counts: Record<string, number>; notCompared: unknown[]; scannedRepositories: number }, Pg>;
  '/api/v1/documents': G<Page<Doc>, Pg & { source?: string; repository?: string; state?: string; q?: string }>;
  '/api/v1/documents/{id}': G<Doc & { text: string; commit: string | null; headings: {title:string;level:number;start:number;line:number}[]; pages: { page: number; start: number; end: number }[] }, never, { id: string }> & { delete: { parameters: { path: { id: string } }; responses: { 204: { content: never; headers: object } } } };
  '/api/v1/documents/{id}/retry': P<undefined, { job: Job }, { id: string }>;
  '/api/v1/documents/{id}/restore': P<undefined, Doc, { id: string }>;
  '/api/v1/documents:fetch': P<{ url: string }, { document: Doc; job: Job }>;
}
