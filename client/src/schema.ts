// Made from the shop's OpenAPI document: npm run client:types
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process is up, and what runs in it */
        get: operations["getHealthLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The shop can serve: the database answers and no shutdown is under way */
        get: operations["getHealthReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/register": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Register a customer */
        post: operations["postAuthRegister"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in
         * @description Failures are limited per account and address, per account, and per address.
         */
        post: operations["postAuthLogin"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Rotate a refresh token
         * @description Every refresh token works once. Using one again ends its session.
         */
        post: operations["postAuthRefresh"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** End a session */
        post: operations["postAuthLogout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The signed-in user and their recent orders */
        get: operations["getAuthProfile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/request-reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a password reset by mail
         * @description The answer is the same whether the address has an account or not.
         */
        post: operations["postAuthRequestReset"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/reset-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a new password by a mailed token
         * @description The token works once, for an hour. All sessions of the user end.
         */
        post: operations["postAuthResetPassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List where one is signed in, the newest session first */
        get: operations["getAuthSessions"];
        put?: never;
        post?: never;
        /** End all of one’s sessions but the one that asks */
        delete: operations["deleteAuthSessions"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** End one of one’s own sessions */
        delete: operations["deleteAuthSessionsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/change-password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the password
         * @description All other sessions end. Wrong current passwords are limited as sign-ins are.
         */
        post: operations["postAuthChangePassword"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/second-factor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in: the second step
         * @description After `second_factor_required`, with the challenge of that answer. Wrong codes are limited per account.
         */
        post: operations["postAuthSecondFactor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Prove again who one is
         * @description Opens what answers `step_up_required`, to this session, for ten minutes. Limited as sign-ins are.
         */
        post: operations["postAuthConfirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/passkey/options": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in by a passkey: what to ask the authenticator for
         * @description For `navigator.credentials.get()` on a page of the shop’s own address.
         */
        post: operations["postAuthPasskeyOptions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/passkey": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign in by a passkey
         * @description With what `navigator.credentials.get()` answered. It stands for password and second step.
         */
        post: operations["postAuthPasskey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API keys, newest first, those that have ended too */
        get: operations["getApiKeys"];
        put?: never;
        /** Make an API key, within one’s own rights; the answer tells it, this once */
        post: operations["postApiKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/api-keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an API key */
        delete: operations["deleteApiKeysById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/roles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List roles, oldest first */
        get: operations["getStaffRoles"];
        put?: never;
        /** Make a role, within one’s own rights */
        post: operations["postStaffRoles"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/roles/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a role */
        get: operations["getStaffRolesById"];
        /**
         * Change a role for everybody who has it
         * @description Nobody changes their own role, or one with more rights than they have.
         */
        put: operations["putStaffRolesById"];
        post?: never;
        /** Delete a role that nobody has */
        delete: operations["deleteStaffRolesById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who works here */
        get: operations["getStaffMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/members/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a member another place
         * @description Nobody changes their own, or gives or takes what they do not have themselves.
         */
        put: operations["putStaffMembersById"];
        post?: never;
        /** Make a member a customer again; their sessions end */
        delete: operations["deleteStaffMembersById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List invitations that were not accepted yet, newest first */
        get: operations["getStaffInvitations"];
        put?: never;
        /** Invite somebody by mail, into a place within one’s own rights */
        post: operations["postStaffInvitations"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/invitations/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Send an invitation again; the link mailed before ends */
        post: operations["postStaffInvitationsByIdResend"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/staff/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Revoke an invitation */
        delete: operations["deleteStaffInvitationsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/export.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Export all products in Shopify’s CSV format */
        get: operations["getProductsExportCsv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/imports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How far an import is, and its report
         * @description Of an import that was begun with `Prefer: respond-async` or in the console, until 30 days after its end.
         */
        get: operations["getProductsImportsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List products */
        get: operations["getProducts"];
        put?: never;
        /** Create a product */
        post: operations["postProducts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search products, best match first
         * @description Matches word stems and beginnings, and forgives slips of the keyboard.
         */
        get: operations["getProductsSearch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a product, by id or slug */
        get: operations["getProductsById"];
        /** Change a product */
        put: operations["putProductsById"];
        post?: never;
        /** Delete a product, or archive it where orders refer to it */
        delete: operations["deleteProductsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the categories that have products on sale, by name */
        get: operations["getCategories"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inventory": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the stock of every variant on sale */
        get: operations["getInventory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inventory/{variantId}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a variant’s ledger, newest first */
        get: operations["getInventoryByVariantIdMovements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/inventory/{variantId}/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add or take units, with a reason
         * @description Refused with 409 when orders have reserved more than would be left.
         */
        post: operations["postInventoryByVariantIdAdjustments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the cart at current prices and stock */
        get: operations["getCart"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cart/items/{variantId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Set how many of a variant are in the cart; 0 takes it out
         * @description Of 100 different variants at most: another is refused with 409.
         */
        put: operations["putCartItemsByVariantId"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List orders, newest first */
        get: operations["getOrders"];
        put?: never;
        /** Place an order: prices are the server’s, stock is reserved */
        post: operations["postOrders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an order */
        get: operations["getOrdersById"];
        /** Change contact and address; an administrator also moves the status */
        put: operations["putOrdersById"];
        post?: never;
        /** Cancel an unpaid order and give its stock back */
        delete: operations["deleteOrdersById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to an order, in order */
        get: operations["getOrdersByIdEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/checkout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Open a Stripe payment page for an order, or for items that become one */
        post: operations["postCheckout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List payments, newest first */
        get: operations["getPayments"];
        put?: never;
        /** Announce a manual payment of a pending order; an administrator also records one that came */
        post: operations["postPayments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a payment */
        get: operations["getPaymentsById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/refunds": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The refunds of an order */
        get: operations["getOrdersByIdRefunds"];
        put?: never;
        /** Refund an order in whole or in part, never more than was paid */
        post: operations["postOrdersByIdRefunds"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ledger/balances": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The balance of every account, per currency */
        get: operations["getLedgerBalances"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ledger/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the movements of money, newest first */
        get: operations["getLedgerTransactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List webhook endpoints, newest first */
        get: operations["getWebhookEndpoints"];
        put?: never;
        /** Create a webhook endpoint; the answer tells its signing secret, this once */
        post: operations["postWebhookEndpoints"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a webhook endpoint */
        get: operations["getWebhookEndpointsById"];
        /** Change, enable or disable a webhook endpoint */
        put: operations["putWebhookEndpointsById"];
        post?: never;
        /** Delete a webhook endpoint with its log and what waits for it */
        delete: operations["deleteWebhookEndpointsById"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Replace the signing secret; both sign for 24 hours */
        post: operations["postWebhookEndpointsByIdRotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what was sent to an endpoint, newest first */
        get: operations["getWebhookEndpointsByIdDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhook-endpoints/{id}/deliveries/{deliveryId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event again now, with the same id
         * @description Refused with 409 while the endpoint is disabled.
         */
        post: operations["postWebhookEndpointsByIdDeliveriesByDeliveryIdReplay"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List tasks, open ones first */
        get: operations["getTasks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/tasks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a task */
        get: operations["getTasksById"];
        /**
         * Close a task with a note
         * @description `done`: it is put right; found again, it is opened anew. `dismissed`: it is known and accepted, for as long as the same is found.
         */
        put: operations["putTasksById"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/admin/story": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Find an order and tell its story: what is wrong now, and everything that happened */
        get: operations["getAdminStory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-trail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List what staff did and what was refused, the latest first */
        get: operations["getAuditTrail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-trail/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit trail, in the order of its chain
         * @description JSON lines or CSV. That it was exported is noted in it.
         */
        get: operations["getAuditTrailExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit-trail/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show an act */
        get: operations["getAuditTrailById"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/flags": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List every feature flag: those of the code, and what is left of others */
        get: operations["getFlags"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/flags/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show a feature flag */
        get: operations["getFlagsByKey"];
        /**
         * Set a feature flag, for every process at once
         * @description Says by `version` which state it changes; where somebody else has changed it meanwhile it is refused. An experiment runs from when `experiment` is set until it is not.
         */
        put: operations["putFlagsByKey"];
        post?: never;
        /** Set a feature flag back to what the code declares, with its experiments forgotten */
        delete: operations["deleteFlagsByKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/flags/{key}/results": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show what the last experiments of a flag came to, newest first */
        get: operations["getFlagsByKeyResults"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/flag-segments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the segments that rules of flags name */
        get: operations["getFlagSegments"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/flag-segments/{key}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Make a segment (version 0), or change one */
        put: operations["putFlagSegmentsByKey"];
        post?: never;
        /** Delete a segment */
        delete: operations["deleteFlagSegmentsByKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import products from a CSV file in Shopify’s format
         * @description Send the file as the body (`text/csv`) or as a part of a form (`multipart/form-data`), at most 50 MB. Products with a bad row are refused whole and reported; the others are taken. The answer comes once all are; with `Prefer: respond-async` it comes once the file is read, and jobs take the products. A file that is no product file is answered with its report either way.
         */
        post: operations["postProductsImport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/.well-known/jwks.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The public keys of access tokens (RFC 7517)
         * @description Empty where the shop signs with a secret. A new key is listed before anything is signed with it.
         */
        get: operations["getWellKnownJwksJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/webhooks/stripe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Receive a signed Stripe event; repeats and any order of arrival are harmless */
        post: operations["postWebhooksStripe"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description An RFC 9457 problem.
         * @example {
         *       "type": "urn:mainstay:problem:not-found",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "The product was not found.",
         *       "code": "not_found",
         *       "correlationId": "0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10"
         *     }
         */
        Problem: {
            type: string;
            title: string;
            status: number;
            detail: string;
            /** @enum {string} */
            code: "validation_failed" | "unauthenticated" | "invalid_credentials" | "second_factor_required" | "forbidden" | "second_factor_missing" | "step_up_required" | "not_found" | "method_not_allowed" | "conflict" | "insufficient_stock" | "invalid_transition" | "idempotency_in_progress" | "request_timeout" | "payload_too_large" | "address_too_long" | "unsupported_media_type" | "idempotency_key_reused" | "rate_limited" | "headers_too_large" | "internal_error" | "payment_provider_unavailable" | "service_unavailable";
            correlationId: string;
            errors?: {
                path: string;
                message: string;
            }[];
            /** @description Of `second_factor_required` at a sign-in: for POST /api/auth/second-factor. */
            challenge?: string;
            /** @description Seconds until the challenge expires. */
            expiresIn?: number;
            /** @description Of `step_up_required`: where one proves who one is. */
            confirmAt?: string;
        };
        /**
         * @example {
         *       "amount": 1999,
         *       "currency": "USD"
         *     }
         */
        Money: {
            /** @description In minor units. */
            amount: number;
            /** @description ISO 4217. */
            currency: string;
        };
        Variant: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            id: string;
            sku: string;
            title: string;
            options: {
                [key: string]: string;
            };
            price: components["schemas"]["Money"];
            compareAtPrice: components["schemas"]["Money"] | null;
            available: number;
            /** @enum {unknown} */
            inventoryPolicy: "deny" | "continue";
        };
        /** @description A product with its variants on sale; `price` is the lowest of them. */
        Product: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            id: string;
            slug: string;
            title: string;
            /** @description Sanitised HTML. */
            description: string;
            /** @enum {unknown} */
            status: "draft" | "active" | "archived";
            vendor: string;
            type: string;
            tags: string[];
            categories: {
                slug: string;
                name: string;
            }[];
            options: {
                name: string;
                values: string[];
            }[];
            price: components["schemas"]["Money"];
            images: {
                url: string;
                alt: string;
            }[];
            variants: components["schemas"]["Variant"][];
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            updatedAt: string;
        };
        OrderItem: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            variantId: string;
            sku: string;
            title: string;
            quantity: number;
            unitPrice: components["schemas"]["Money"];
            total: components["schemas"]["Money"];
        };
        Order: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            id: string;
            number: number;
            /** @enum {unknown} */
            status: "pending" | "paid" | "fulfilled" | "delivered" | "cancelled" | "expired";
            currency: string;
            items: components["schemas"]["OrderItem"][];
            subtotal: components["schemas"]["Money"];
            discountTotal: components["schemas"]["Money"];
            shippingTotal: components["schemas"]["Money"];
            taxTotal: components["schemas"]["Money"];
            total: components["schemas"]["Money"];
            refundedTotal: components["schemas"]["Money"];
            email: string;
            shippingAddress: {
                name: string;
                line1: string;
                line2?: string;
                city: string;
                region?: string;
                postalCode: string;
                /** @description ISO 3166-1 alpha-2. */
                country: string;
                phone?: string;
            } | null;
            reservedUntil: string | null;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            updatedAt: string;
        };
        Checkout: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            orderId: string;
            sessionId: string;
            /** @description Where the customer pays. */
            url: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            expiresAt: string;
        };
        Payment: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            orderId: string;
            /** @enum {unknown} */
            provider: "stripe" | "manual";
            providerPaymentId: string | null;
            /** @enum {unknown} */
            status: "pending" | "succeeded" | "failed" | "cancelled";
            amount: components["schemas"]["Money"];
            refundedAmount: components["schemas"]["Money"];
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            updatedAt: string;
        };
        Refund: {
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            id: string;
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            orderId: string;
            /**
             * Format: uuid
             * @description A UUIDv7.
             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
             */
            paymentId: string;
            /** @enum {unknown} */
            status: "pending" | "succeeded" | "failed";
            amount: components["schemas"]["Money"];
            reason: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description ISO 8601, UTC.
             * @example 2026-03-01T09:30:00.000Z
             */
            updatedAt: string;
        };
        Account: {
            user: {
                /**
                 * Format: uuid
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
                email: string;
                name: string;
                /** @enum {unknown} */
                role: "customer" | "staff" | "admin";
            };
            /** @description For `Authorization: Bearer`. */
            accessToken: string;
            /** @description Works once: every refresh returns the next. */
            refreshToken: string;
            /** @description Seconds until the access token expires. */
            expiresIn: number;
        };
    };
    responses: {
        /** @description The input is not valid: `validation_failed`. */
        Problem_400: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Not signed in, or wrong credentials: `unauthenticated`, `invalid_credentials`, `second_factor_required`. */
        Problem_401: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Signed in, but not allowed: `forbidden`, `second_factor_missing`, `step_up_required`. */
        Problem_403: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Does not exist, or belongs to somebody else: `not_found`. */
        Problem_404: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Conflicts with the current state: `conflict`, `insufficient_stock`, `invalid_transition`, `idempotency_in_progress`. */
        Problem_409: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large: `payload_too_large`. */
        Problem_413: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The content type is not supported: `unsupported_media_type`. */
        Problem_415: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The idempotency key was used for another request: `idempotency_key_reused`. */
        Problem_422: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests (see Retry-After): `rate_limited`. */
        Problem_429: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A dependency is unavailable (see Retry-After): `payment_provider_unavailable`, `service_unavailable`. */
        Problem_503: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Any other refusal or failure: `method_not_allowed`, `request_timeout`, `address_too_long`, `headers_too_large`, `internal_error`. */
        Problem_default: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type Problem = components['schemas']['Problem'];
export type Money = components['schemas']['Money'];
export type Variant = components['schemas']['Variant'];
export type Product = components['schemas']['Product'];
export type OrderItem = components['schemas']['OrderItem'];
export type Order = components['schemas']['Order'];
export type Checkout = components['schemas']['Checkout'];
export type Payment = components['schemas']['Payment'];
export type Refund = components['schemas']['Refund'];
export type Account = components['schemas']['Account'];
export type ResponseProblem_400 = components['responses']['Problem_400'];
export type ResponseProblem_401 = components['responses']['Problem_401'];
export type ResponseProblem_403 = components['responses']['Problem_403'];
export type ResponseProblem_404 = components['responses']['Problem_404'];
export type ResponseProblem_409 = components['responses']['Problem_409'];
export type ResponseProblem_413 = components['responses']['Problem_413'];
export type ResponseProblem_415 = components['responses']['Problem_415'];
export type ResponseProblem_422 = components['responses']['Problem_422'];
export type ResponseProblem_429 = components['responses']['Problem_429'];
export type ResponseProblem_503 = components['responses']['Problem_503'];
export type ResponseProblemDefault = components['responses']['Problem_default'];
export type $defs = Record<string, never>;
export interface operations {
    getHealthLive: {
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
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "version": "1.2.3",
                     *       "commit": "unknown"
                     *     }
                     */
                    "application/json": {
                        status: string;
                        version: string;
                        /** @description `unknown` where the build did not say it. */
                        commit: string;
                    };
                };
            };
            default: components["responses"]["Problem_default"];
        };
    };
    getHealthReady: {
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
                    /**
                     * @example {
                     *       "status": "ok"
                     *     }
                     */
                    "application/json": {
                        status: string;
                    };
                };
            };
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text exposition. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                    "application/openmetrics-text": string;
                };
            };
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthRegister: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.org
                     */
                    email: string;
                    /** @example a long enough password */
                    password: string;
                    /**
                     * @description Taken from the e-mail address where it is blank or absent.
                     * @example Ada
                     */
                    name?: string;
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
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthLogin: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.org
                     */
                    email: string;
                    password: string;
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
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthRefresh: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example mZ2yq8cD0n1vVbqk3fJtH5wLx7sPa9Ru */
                    refreshToken: string;
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
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthLogout: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example mZ2yq8cD0n1vVbqk3fJtH5wLx7sPa9Ru */
                    refreshToken: string;
                };
            };
        };
        responses: {
            /** @description The session has ended, or had already. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getAuthProfile: {
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        email: string;
                        name: string;
                        /** @enum {unknown} */
                        role: "customer" | "staff" | "admin";
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        user: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            email: string;
                            name: string;
                            /** @enum {unknown} */
                            role: "customer" | "staff" | "admin";
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                        };
                        recentOrders: components["schemas"]["Order"][];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthRequestReset: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: email
                     * @example ada@example.org
                     */
                    email: string;
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
                        /** @example The password was changed. Sign in with the new one. */
                        message: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthResetPassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example mZ2yq8cD0n1vVbqk3fJtH5wLx7sPa9Ru */
                    token: string;
                    /** @example a long enough password */
                    password: string;
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
                        /** @example The password was changed. Sign in with the new one. */
                        message: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getAuthSessions: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @enum {unknown} */
                            kind: "browser" | "api";
                            /**
                             * @description As its user agent says, which may say anything.
                             * @example Firefox on Linux
                             */
                            device: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            lastSeenAt: string;
                            /** @description Whether it is the one that asks. */
                            current: boolean;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteAuthSessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They have ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteAuthSessionsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthChangePassword: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    currentPassword: string;
                    /** @example a long enough password */
                    newPassword: string;
                };
            };
        };
        responses: {
            /** @description The password is changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthSecondFactor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description As the answer to the sign-in gave it.
                     * @example mZ2yq8cD0n1vVbqk3fJtH5wLx7sPa9Ru
                     */
                    challenge: string;
                    /**
                     * @description Six digits of an authenticator app, or a recovery code.
                     * @example 492039
                     */
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
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthConfirm: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    password: string;
                    /**
                     * @description Six digits of an authenticator app, or a recovery code.
                     * @example 492039
                     */
                    code?: string;
                };
            };
        };
        responses: {
            /** @description Confirmed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthPasskeyOptions: {
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
                        /** @description Answered once, within five minutes. */
                        challenge: string;
                        /** @description In milliseconds. */
                        timeout: number;
                        /** @example shop.example */
                        rpId: string;
                        allowCredentials: {
                            id: string;
                            /** @enum {string} */
                            type: "public-key";
                            transports?: string[];
                        }[];
                        /** @enum {string} */
                        userVerification: "required";
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postAuthPasskey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @description The id of the passkey, base64url.
                     * @example eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0
                     */
                    id: string;
                    /**
                     * @description As the browser signed it, base64url.
                     * @example eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0
                     */
                    clientDataJSON: string;
                    /**
                     * @description base64url
                     * @example eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0
                     */
                    authenticatorData: string;
                    /**
                     * @description base64url
                     * @example eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0
                     */
                    signature: string;
                    /**
                     * @description Whose the passkey says that it is, base64url.
                     * @example eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0
                     */
                    userHandle?: string;
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
                    "application/json": components["schemas"]["Account"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getApiKeys: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @example Warehouse scanner */
                            name: string;
                            /** @description Its last four characters. */
                            hint: string;
                            /**
                             * @description What it may do: some of what its maker may, never staff:write. What its maker may no more, it may no more.
                             * @example [
                             *       "stock:read",
                             *       "stock:write"
                             *     ]
                             */
                            scopes: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                            /** @description Their e-mail address. */
                            madeBy: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            expiresAt: string;
                            /** @description To the minute. */
                            lastUsedAt: string | null;
                            /** @enum {unknown} */
                            state: "active" | "expired" | "revoked";
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postApiKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @example Warehouse scanner */
                    name: string;
                    /**
                     * @description What it may do: some of what its maker may, never staff:write. What its maker may no more, it may no more.
                     * @example [
                     *       "stock:read",
                     *       "stock:write"
                     *     ]
                     */
                    scopes: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                    /**
                     * Format: date-time
                     * @description Within 365 days from now.
                     * @example 2027-03-01T00:00:00.000Z
                     */
                    expiresAt: string;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /** @example Warehouse scanner */
                        name: string;
                        /** @description Its last four characters. */
                        hint: string;
                        /**
                         * @description What it may do: some of what its maker may, never staff:write. What its maker may no more, it may no more.
                         * @example [
                         *       "stock:read",
                         *       "stock:write"
                         *     ]
                         */
                        scopes: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                        /** @description Their e-mail address. */
                        madeBy: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        expiresAt: string;
                        /** @description To the minute. */
                        lastUsedAt: string | null;
                        /** @enum {unknown} */
                        state: "active" | "expired" | "revoked";
                        /** @description For `Authorization: Bearer`. Told this once. */
                        key: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteApiKeysById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It works no more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getStaffRoles: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @example Warehouse */
                            name: string;
                            /**
                             * @description Writing needs reading of the same.
                             * @example [
                             *       "orders:read",
                             *       "refunds:read",
                             *       "refunds:write"
                             *     ]
                             */
                            permissions: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                            /** @description What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit. */
                            refundLimits: components["schemas"]["Money"][] | null;
                            /** @description How many people have it. */
                            members: number;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            updatedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postStaffRoles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Customer care",
                 *       "permissions": [
                 *         "orders:read",
                 *         "refunds:read",
                 *         "refunds:write"
                 *       ],
                 *       "refundLimits": [
                 *         {
                 *           "amount": 20000,
                 *           "currency": "USD"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @example Warehouse */
                    name: string;
                    /**
                     * @description Writing needs reading of the same.
                     * @example [
                     *       "orders:read",
                     *       "refunds:read",
                     *       "refunds:write"
                     *     ]
                     */
                    permissions: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                    /** @description What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit. */
                    refundLimits: {
                        /** @description In minor units. */
                        amount: number;
                        /** @description ISO 4217. */
                        currency: string;
                    }[] | null;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /** @example Warehouse */
                        name: string;
                        /**
                         * @description Writing needs reading of the same.
                         * @example [
                         *       "orders:read",
                         *       "refunds:read",
                         *       "refunds:write"
                         *     ]
                         */
                        permissions: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                        /** @description What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit. */
                        refundLimits: components["schemas"]["Money"][] | null;
                        /** @description How many people have it. */
                        members: number;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getStaffRolesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /** @example Warehouse */
                        name: string;
                        /**
                         * @description Writing needs reading of the same.
                         * @example [
                         *       "orders:read",
                         *       "refunds:read",
                         *       "refunds:write"
                         *     ]
                         */
                        permissions: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                        /** @description What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit. */
                        refundLimits: components["schemas"]["Money"][] | null;
                        /** @description How many people have it. */
                        members: number;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putStaffRolesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Customer care",
                 *       "permissions": [
                 *         "orders:read",
                 *         "refunds:read",
                 *         "refunds:write"
                 *       ],
                 *       "refundLimits": [
                 *         {
                 *           "amount": 20000,
                 *           "currency": "USD"
                 *         }
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @example Warehouse */
                    name: string;
                    /**
                     * @description Writing needs reading of the same.
                     * @example [
                     *       "orders:read",
                     *       "refunds:read",
                     *       "refunds:write"
                     *     ]
                     */
                    permissions: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                    /** @description What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit. */
                    refundLimits: {
                        /** @description In minor units. */
                        amount: number;
                        /** @description ISO 4217. */
                        currency: string;
                    }[] | null;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /** @example Warehouse */
                        name: string;
                        /**
                         * @description Writing needs reading of the same.
                         * @example [
                         *       "orders:read",
                         *       "refunds:read",
                         *       "refunds:write"
                         *     ]
                         */
                        permissions: ("catalog:read" | "catalog:write" | "stock:read" | "stock:write" | "orders:read" | "orders:write" | "refunds:read" | "refunds:write" | "customers:read" | "customers:write" | "settings:read" | "settings:write" | "staff:read" | "staff:write" | "audit:read" | "audit:write")[];
                        /** @description What may be refunded within 24 hours, in each currency that may be refunded at all; null: without a limit. */
                        refundLimits: components["schemas"]["Money"][] | null;
                        /** @description How many people have it. */
                        members: number;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteStaffRolesById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getStaffMembers: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            email: string;
                            name: string;
                            /**
                             * @description Owners (admin) have every permission.
                             * @enum {unknown}
                             */
                            role: "staff" | "admin";
                            roleId: string | null;
                            roleName: string | null;
                            /** @description Whether signing in takes more than their password: a passkey, or a code. */
                            secondFactor: boolean;
                            lastSeenAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putStaffMembersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "role": "admin"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Owners (admin) have every permission.
                     * @enum {unknown}
                     */
                    role: "staff" | "admin";
                    /**
                     * Format: uuid
                     * @description A UUIDv7.
                     * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                     */
                    roleId?: string;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        email: string;
                        name: string;
                        /**
                         * @description Owners (admin) have every permission.
                         * @enum {unknown}
                         */
                        role: "staff" | "admin";
                        roleId: string | null;
                        roleName: string | null;
                        /** @description Whether signing in takes more than their password: a passkey, or a code. */
                        secondFactor: boolean;
                        lastSeenAt: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteStaffMembersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They work here no more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getStaffInvitations: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            email: string;
                            /**
                             * @description Owners (admin) have every permission.
                             * @enum {unknown}
                             */
                            role: "staff" | "admin";
                            roleId: string | null;
                            roleName: string | null;
                            /** @description Their e-mail address. */
                            invitedBy: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            expiresAt: string;
                            /** @enum {unknown} */
                            state: "waiting" | "expired";
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postStaffInvitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "email": "grace@example.org",
                 *       "role": "admin"
                 *     }
                 */
                "application/json": {
                    /** Format: email */
                    email: string;
                    /**
                     * @description Owners (admin) have every permission.
                     * @enum {unknown}
                     */
                    role: "staff" | "admin";
                    /**
                     * Format: uuid
                     * @description A UUIDv7.
                     * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                     */
                    roleId?: string;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        email: string;
                        /**
                         * @description Owners (admin) have every permission.
                         * @enum {unknown}
                         */
                        role: "staff" | "admin";
                        roleId: string | null;
                        roleName: string | null;
                        /** @description Their e-mail address. */
                        invitedBy: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        expiresAt: string;
                        /** @enum {unknown} */
                        state: "waiting" | "expired";
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postStaffInvitationsByIdResend: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        email: string;
                        /**
                         * @description Owners (admin) have every permission.
                         * @enum {unknown}
                         */
                        role: "staff" | "admin";
                        roleId: string | null;
                        roleName: string | null;
                        /** @description Their e-mail address. */
                        invitedBy: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        expiresAt: string;
                        /** @enum {unknown} */
                        state: "waiting" | "expired";
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteStaffInvitationsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getProductsExportCsv: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getProductsImportsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /**
                         * @description As its sender called the file; empty where they did not say.
                         * @example products.csv
                         */
                        fileName: string;
                        /** @enum {unknown} */
                        state: "waiting" | "running" | "done";
                        /** @description Products taken or refused. */
                        done: number;
                        /** @description Products in the file. */
                        total: number;
                        report: {
                            rows: number;
                            products: {
                                created: number;
                                updated: number;
                                unchanged: number;
                                refused: number;
                            };
                            variants: number;
                            images: number;
                            errorCount: number;
                            warningCount: number;
                            errors: {
                                line: number;
                                column: string;
                                handle: string;
                                reason: string;
                            }[];
                            warnings: {
                                line: number;
                                column: string;
                                handle: string;
                                reason: string;
                            }[];
                        };
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        finishedAt: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getProducts: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                /** @description A category’s slug. */
                category?: string;
                tag?: string;
                vendor?: string;
                /** @description In minor units, inclusive. */
                minPrice?: number;
                /** @description In minor units, inclusive. */
                maxPrice?: number;
                /** @description Only what can be bought now. */
                inStock?: boolean;
                sort?: "newest" | "oldest" | "price" | "-price" | "title";
                /** @description For administrators; others see active products whatever they ask for. */
                status?: "draft" | "active" | "archived" | "all";
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
                        data: components["schemas"]["Product"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postProducts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description With `variants`, or in short, for a single variant, with `price`, `sku` and `stock` beside the title. */
        requestBody: {
            content: {
                "application/json": {
                    title: string;
                    slug?: string;
                    description?: string;
                    /** @enum {unknown} */
                    status?: "draft" | "active" | "archived";
                    vendor?: string;
                    type?: string;
                    tags?: string[];
                    /** @description Slugs or names; one that is not there yet is made. */
                    categories?: string[];
                    options?: {
                        name: string;
                        values: string[];
                    }[];
                    images?: {
                        /** @description https://…, http://… or a path of this shop. */
                        url: string;
                        alt?: string;
                    }[];
                    /** @description Known by id, else by option values, else new; those left out go off sale. */
                    variants?: {
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id?: string;
                        options?: {
                            [key: string]: string;
                        };
                        sku?: string;
                        /**
                         * @example {
                         *       "amount": 1999,
                         *       "currency": "USD"
                         *     }
                         */
                        price?: {
                            /** @description In minor units. */
                            amount: number;
                            /** @description ISO 4217. */
                            currency: string;
                        };
                        compareAtPrice?: {
                            /** @description In minor units. */
                            amount: number;
                            /** @description ISO 4217. */
                            currency: string;
                        } | null;
                        /** @description Units on hand. */
                        stock?: number;
                        /** @enum {unknown} */
                        inventoryPolicy?: "deny" | "continue";
                    }[];
                    sku?: string;
                    /**
                     * @example {
                     *       "amount": 1999,
                     *       "currency": "USD"
                     *     }
                     */
                    price?: {
                        /** @description In minor units. */
                        amount: number;
                        /** @description ISO 4217. */
                        currency: string;
                    };
                    compareAtPrice?: {
                        /** @description In minor units. */
                        amount: number;
                        /** @description ISO 4217. */
                        currency: string;
                    } | null;
                    /** @description Units on hand. */
                    stock?: number;
                    /** @enum {unknown} */
                    inventoryPolicy?: "deny" | "continue";
                };
            };
        };
        responses: {
            /** @description A product with its variants on sale; `price` is the lowest of them. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getProductsSearch: {
        parameters: {
            query: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                /** @example enamel mug */
                q: string;
                /** @description For administrators; others see active products whatever they ask for. */
                status?: "draft" | "active" | "archived" | "all";
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
                        data: components["schemas"]["Product"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getProductsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id or the slug. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A product with its variants on sale; `price` is the lowest of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putProductsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id or the slug. */
                id: string;
            };
            cookie?: never;
        };
        /** @description What is left out stays. `price`, `sku`, `stock` and the like beside the title change the single variant of a product that has one. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "price": {
                 *         "amount": 1600,
                 *         "currency": "USD"
                 *       },
                 *       "stock": 40
                 *     }
                 */
                "application/json": {
                    title?: string;
                    slug?: string;
                    description?: string;
                    /** @enum {unknown} */
                    status?: "draft" | "active" | "archived";
                    vendor?: string;
                    type?: string;
                    tags?: string[];
                    /** @description Slugs or names; one that is not there yet is made. */
                    categories?: string[];
                    options?: {
                        name: string;
                        values: string[];
                    }[];
                    images?: {
                        /** @description https://…, http://… or a path of this shop. */
                        url: string;
                        alt?: string;
                    }[];
                    /** @description Known by id, else by option values, else new; those left out go off sale. */
                    variants?: {
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id?: string;
                        options?: {
                            [key: string]: string;
                        };
                        sku?: string;
                        /**
                         * @example {
                         *       "amount": 1999,
                         *       "currency": "USD"
                         *     }
                         */
                        price?: {
                            /** @description In minor units. */
                            amount: number;
                            /** @description ISO 4217. */
                            currency: string;
                        };
                        compareAtPrice?: {
                            /** @description In minor units. */
                            amount: number;
                            /** @description ISO 4217. */
                            currency: string;
                        } | null;
                        /** @description Units on hand. */
                        stock?: number;
                        /** @enum {unknown} */
                        inventoryPolicy?: "deny" | "continue";
                    }[];
                    sku?: string;
                    /**
                     * @example {
                     *       "amount": 1999,
                     *       "currency": "USD"
                     *     }
                     */
                    price?: {
                        /** @description In minor units. */
                        amount: number;
                        /** @description ISO 4217. */
                        currency: string;
                    };
                    compareAtPrice?: {
                        /** @description In minor units. */
                        amount: number;
                        /** @description ISO 4217. */
                        currency: string;
                    } | null;
                    /** @description Units on hand. */
                    stock?: number;
                    /** @enum {unknown} */
                    inventoryPolicy?: "deny" | "continue";
                };
            };
        };
        responses: {
            /** @description A product with its variants on sale; `price` is the lowest of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Product"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteProductsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The id or the slug. */
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
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getCategories: {
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
                        data: {
                            slug: string;
                            name: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getInventory: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                /** @description Part of a product title or of a SKU. */
                query?: string;
                /** @description Only variants with at most so many available. */
                low?: number;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            variantId: string;
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            productId: string;
                            productSlug: string;
                            productTitle: string;
                            title: string;
                            sku: string;
                            onHand: number;
                            reserved: number;
                            available: number;
                            inventoryPolicy: "deny" | "continue";
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            updatedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getInventoryByVariantIdMovements: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                variantId: string;
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
                        data: {
                            id: number;
                            /** @description receipt, adjustment, reservation, release, shipment or return. */
                            kind: string;
                            onHandDelta: number;
                            reservedDelta: number;
                            orderId: string | null;
                            reason: string;
                            actorId: string | null;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postInventoryByVariantIdAdjustments: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                variantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "delta": -2,
                 *       "reason": "Damaged in the store room"
                 *     }
                 */
                "application/json": {
                    /** @description Units added, or taken where negative. */
                    delta: number;
                    reason: string;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        variantId: string;
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        productId: string;
                        productSlug: string;
                        productTitle: string;
                        title: string;
                        sku: string;
                        onHand: number;
                        reserved: number;
                        available: number;
                        inventoryPolicy: "deny" | "continue";
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getCart: {
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
                        lines: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            variantId: string;
                            sku: string;
                            title: string;
                            variantTitle: string;
                            slug: string;
                            quantity: number;
                            unitPrice: components["schemas"]["Money"];
                            total: components["schemas"]["Money"];
                            available: number;
                            /** @enum {unknown} */
                            inventoryPolicy: "deny" | "continue";
                            problem: ("unavailable" | "other_currency" | "insufficient_stock") | null;
                        }[];
                        count: number;
                        subtotal: components["schemas"]["Money"] | null;
                        orderable: boolean;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putCartItemsByVariantId: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                variantId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "quantity": 2
                 *     }
                 */
                "application/json": {
                    quantity: number;
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
                        lines: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            variantId: string;
                            sku: string;
                            title: string;
                            variantTitle: string;
                            slug: string;
                            quantity: number;
                            unitPrice: components["schemas"]["Money"];
                            total: components["schemas"]["Money"];
                            available: number;
                            /** @enum {unknown} */
                            inventoryPolicy: "deny" | "continue";
                            problem: ("unavailable" | "other_currency" | "insufficient_stock") | null;
                        }[];
                        count: number;
                        subtotal: components["schemas"]["Money"] | null;
                        orderable: boolean;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getOrders: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                status?: "pending" | "paid" | "fulfilled" | "delivered" | "cancelled" | "expired";
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
                        data: components["schemas"]["Order"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postOrders: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes retries safe: the same key and body return the first response again. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * @example [
                     *       {
                     *         "variantId": "0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10",
                     *         "quantity": 1
                     *       }
                     *     ]
                     */
                    items: {
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        variantId?: string;
                        /**
                         * Format: uuid
                         * @description Instead, where a product has one variant.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        productId?: string;
                        quantity: number;
                    }[];
                    /** Format: email */
                    email?: string;
                    /**
                     * @example {
                     *       "name": "Ada Byron",
                     *       "line1": "1 Mill Lane",
                     *       "city": "Springfield",
                     *       "postalCode": "12345",
                     *       "country": "US"
                     *     }
                     */
                    shippingAddress?: {
                        name: string;
                        line1: string;
                        line2?: string;
                        city: string;
                        region?: string;
                        postalCode: string;
                        /** @description ISO 3166-1 alpha-2. */
                        country: string;
                        phone?: string;
                    };
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
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            422: components["responses"]["Problem_422"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getOrdersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putOrdersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {unknown} */
                    status?: "pending" | "paid" | "fulfilled" | "delivered" | "cancelled" | "expired";
                    /** Format: email */
                    email?: string;
                    /**
                     * @example {
                     *       "name": "Ada Byron",
                     *       "line1": "1 Mill Lane",
                     *       "city": "Springfield",
                     *       "postalCode": "12345",
                     *       "country": "US"
                     *     }
                     */
                    shippingAddress?: {
                        name: string;
                        line1: string;
                        line2?: string;
                        city: string;
                        region?: string;
                        postalCode: string;
                        /** @description ISO 3166-1 alpha-2. */
                        country: string;
                        phone?: string;
                    };
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
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteOrdersById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                    "application/json": components["schemas"]["Order"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getOrdersByIdEvents: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @example order.paid */
                            type: string;
                            correlationId: string | null;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            occurredAt: string;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postCheckout: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes retries safe: the same key and body return the first response again. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "orderId": "0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10"
                 *     }
                 */
                "application/json": {
                    /**
                     * Format: uuid
                     * @description An order that waits for payment; or items.
                     * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                     */
                    orderId?: string;
                    /**
                     * @example [
                     *       {
                     *         "variantId": "0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10",
                     *         "quantity": 1
                     *       }
                     *     ]
                     */
                    items?: {
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        variantId?: string;
                        /**
                         * Format: uuid
                         * @description Instead, where a product has one variant.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        productId?: string;
                        quantity: number;
                    }[];
                    /** Format: email */
                    email?: string;
                    /**
                     * @example {
                     *       "name": "Ada Byron",
                     *       "line1": "1 Mill Lane",
                     *       "city": "Springfield",
                     *       "postalCode": "12345",
                     *       "country": "US"
                     *     }
                     */
                    shippingAddress?: {
                        name: string;
                        line1: string;
                        line2?: string;
                        city: string;
                        region?: string;
                        postalCode: string;
                        /** @description ISO 3166-1 alpha-2. */
                        country: string;
                        phone?: string;
                    };
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
                    "application/json": components["schemas"]["Checkout"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            422: components["responses"]["Problem_422"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getPayments: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                orderId?: string;
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
                        data: components["schemas"]["Payment"][];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postPayments: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes retries safe: the same key and body return the first response again. */
                "idempotency-key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /**
                     * Format: uuid
                     * @description A UUIDv7.
                     * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                     */
                    orderId: string;
                    amount?: components["schemas"]["Money"];
                    /**
                     * @description `succeeded` only for an administrator.
                     * @enum {unknown}
                     */
                    status?: "pending" | "succeeded";
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
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            422: components["responses"]["Problem_422"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getPaymentsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                    "application/json": components["schemas"]["Payment"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getOrdersByIdRefunds: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        data: components["schemas"]["Refund"][];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postOrdersByIdRefunds: {
        parameters: {
            query?: never;
            header?: {
                /** @description Makes retries safe: the same key and body return the first response again. */
                "idempotency-key"?: string;
            };
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    amount?: components["schemas"]["Money"];
                    reason?: string;
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
                    "application/json": components["schemas"]["Refund"];
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            422: components["responses"]["Problem_422"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getLedgerBalances: {
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
                        data: {
                            /** @enum {unknown} */
                            account: "stripe_balance" | "manual_receipts" | "sales" | "customer_funds" | "refunds_pending";
                            /**
                             * @description On which side the account grows: debit for what the shop has.
                             * @enum {unknown}
                             */
                            side: "debit" | "credit";
                            /** @description ISO 4217. */
                            currency: string;
                            /** @description In minor units. */
                            debits: number;
                            /** @description In minor units. */
                            credits: number;
                            /** @description On the account’s own side, in minor units. */
                            balance: number;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getLedgerTransactions: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                orderId?: string;
                /** @description On either side. */
                account?: "stripe_balance" | "manual_receipts" | "sales" | "customer_funds" | "refunds_pending";
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @enum {unknown} */
                            kind: "capture" | "refund_requested" | "refund_succeeded" | "refund_failed";
                            /** @enum {unknown} */
                            debitAccount: "stripe_balance" | "manual_receipts" | "sales" | "customer_funds" | "refunds_pending";
                            /** @enum {unknown} */
                            creditAccount: "stripe_balance" | "manual_receipts" | "sales" | "customer_funds" | "refunds_pending";
                            amount: components["schemas"]["Money"];
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            orderId: string;
                            orderNumber: number;
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            paymentId: string;
                            refundId: string | null;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getWebhookEndpoints: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            url: string;
                            description: string;
                            /** @description The types it wants; null for all. */
                            eventTypes: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
                            /** @enum {unknown} */
                            state: "enabled" | "disabled";
                            disabledReason: string | null;
                            disabledAt: string | null;
                            failingSince: string | null;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            updatedAt: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postWebhookEndpoints: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://erp.example/hooks/mainstay",
                 *       "description": "Stock keeping",
                 *       "eventTypes": [
                 *         "order.paid",
                 *         "order.fulfilled"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description https, in production; redirects are not followed. */
                    url: string;
                    description?: string;
                    /** @description The types it wants; null for all. */
                    eventTypes?: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        url: string;
                        description: string;
                        /** @description The types it wants; null for all. */
                        eventTypes: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
                        /** @enum {unknown} */
                        state: "enabled" | "disabled";
                        disabledReason: string | null;
                        disabledAt: string | null;
                        failingSince: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                        /**
                         * @description Signs what is sent, as Standard Webhooks has it. Told this once.
                         * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD4r2Qk6ZHTbs=
                         */
                        secret: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getWebhookEndpointsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        url: string;
                        description: string;
                        /** @description The types it wants; null for all. */
                        eventTypes: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
                        /** @enum {unknown} */
                        state: "enabled" | "disabled";
                        disabledReason: string | null;
                        disabledAt: string | null;
                        failingSince: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putWebhookEndpointsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        /** @description What is left out stays. */
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://erp.example/hooks/mainstay",
                 *       "description": "Stock keeping",
                 *       "eventTypes": [
                 *         "order.paid",
                 *         "order.fulfilled"
                 *       ],
                 *       "enabled": true
                 *     }
                 */
                "application/json": {
                    /** @description https, in production; redirects are not followed. */
                    url: string;
                    description?: string;
                    /** @description The types it wants; null for all. */
                    eventTypes?: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
                    /** @description Enabling sends what waits. */
                    enabled?: boolean;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        url: string;
                        description: string;
                        /** @description The types it wants; null for all. */
                        eventTypes: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
                        /** @enum {unknown} */
                        state: "enabled" | "disabled";
                        disabledReason: string | null;
                        disabledAt: string | null;
                        failingSince: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteWebhookEndpointsById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postWebhookEndpointsByIdRotateSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        url: string;
                        description: string;
                        /** @description The types it wants; null for all. */
                        eventTypes: ("order.placed" | "order.paid" | "order.cancelled" | "order.expired" | "order.fulfilled" | "order.delivered" | "order.contact_changed" | "order.stock_released" | "payment.announced" | "payment.captured" | "payment.failed" | "payment.cancelled" | "refund.requested" | "refund.succeeded" | "refund.failed" | "product.created" | "product.updated" | "product.archived" | "product.deleted" | "stock.adjusted" | "user.registered" | "user.role_changed" | "user.password_reset")[] | null;
                        /** @enum {unknown} */
                        state: "enabled" | "disabled";
                        disabledReason: string | null;
                        disabledAt: string | null;
                        failingSince: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        updatedAt: string;
                        /**
                         * @description Signs what is sent, as Standard Webhooks has it. Told this once.
                         * @example whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD4r2Qk6ZHTbs=
                         */
                        secret: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getWebhookEndpointsByIdDeliveries: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                state?: "pending" | "delivered" | "failed";
            };
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            endpointId: string;
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            eventId: string;
                            eventType: string;
                            /** @enum {unknown} */
                            state: "pending" | "delivered" | "failed";
                            attempts: number;
                            nextAttemptAt: string | null;
                            /** @description HTTP status of the answer; null where no whole answer came. */
                            lastStatus: number | null;
                            lastError: string | null;
                            responseExcerpt: string | null;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            createdAt: string;
                            settledAt: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postWebhookEndpointsByIdDeliveriesByDeliveryIdReplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                deliveryId: string;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        endpointId: string;
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        eventId: string;
                        eventType: string;
                        /** @enum {unknown} */
                        state: "pending" | "delivered" | "failed";
                        attempts: number;
                        nextAttemptAt: string | null;
                        /** @description HTTP status of the answer; null where no whole answer came. */
                        lastStatus: number | null;
                        lastError: string | null;
                        responseExcerpt: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        settledAt: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getTasks: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                state?: "open" | "done" | "dismissed";
                severity?: "error" | "warning";
                kind?: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @example payment_unknown */
                            kind: string;
                            /**
                             * @description What it is about.
                             * @example pi_3Q1
                             */
                            subject: string;
                            title: string;
                            detail: string;
                            /** @enum {unknown} */
                            severity: "error" | "warning";
                            /** @enum {unknown} */
                            state: "open" | "done" | "dismissed";
                            orderId: string | null;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            firstSeen: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            lastSeen: string;
                            closedAt: string | null;
                            closedBy: string | null;
                            note: string | null;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getTasksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /** @example payment_unknown */
                        kind: string;
                        /**
                         * @description What it is about.
                         * @example pi_3Q1
                         */
                        subject: string;
                        title: string;
                        detail: string;
                        /** @enum {unknown} */
                        severity: "error" | "warning";
                        /** @enum {unknown} */
                        state: "open" | "done" | "dismissed";
                        orderId: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        firstSeen: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        lastSeen: string;
                        closedAt: string | null;
                        closedBy: string | null;
                        note: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putTasksById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "state": "done",
                 *       "note": "Refunded at Stripe’s dashboard."
                 *     }
                 */
                "application/json": {
                    /** @enum {unknown} */
                    state: "done" | "dismissed";
                    /** @description What was done, or why nothing has to be. */
                    note: string;
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
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /** @example payment_unknown */
                        kind: string;
                        /**
                         * @description What it is about.
                         * @example pi_3Q1
                         */
                        subject: string;
                        title: string;
                        detail: string;
                        /** @enum {unknown} */
                        severity: "error" | "warning";
                        /** @enum {unknown} */
                        state: "open" | "done" | "dismissed";
                        orderId: string | null;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        firstSeen: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        lastSeen: string;
                        closedAt: string | null;
                        closedBy: string | null;
                        note: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getAdminStory: {
        parameters: {
            query: {
                /**
                 * @description An order’s number or id; a correlation id; an id of Stripe’s (cs_, pi_, re_, evt_); the id of a payment, refund, checkout, event or delivery.
                 * @example 1001
                 */
                q: string;
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
                        orders: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /** @example 1001 */
                            number: number;
                            status: string;
                        }[];
                        story: {
                            order: {
                                /**
                                 * Format: uuid
                                 * @description A UUIDv7.
                                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                                 */
                                id: string;
                                /** @example 1001 */
                                number: number;
                                status: string;
                            };
                            troubles: {
                                /** @example stripe_event */
                                step: string;
                                severity: "bad" | "warn";
                                what: string;
                                /** @example parked-money.md */
                                runbook: string;
                                href: string | null;
                                since: string | null;
                            }[];
                            entries: {
                                /**
                                 * Format: date-time
                                 * @description ISO 8601, UTC.
                                 * @example 2026-03-01T09:30:00.000Z
                                 */
                                at: string;
                                /** @example request */
                                kind: string;
                                what: string;
                                outcome: string;
                                detail: string;
                                correlationId: string | null;
                                traceId: string | null;
                                href: string | null;
                            }[];
                        } | null;
                        work: {
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            at: string;
                            /** @example request */
                            kind: string;
                            what: string;
                            outcome: string;
                            detail: string;
                            correlationId: string | null;
                            traceId: string | null;
                            href: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getAuditTrail: {
        parameters: {
            query?: {
                limit?: number;
                /** @description The nextCursor of the page before. */
                cursor?: string;
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                actor?: string;
                act?: "product.created" | "product.updated" | "product.archived" | "product.deleted" | "catalogue.import_begun" | "catalogue.imported" | "stock.adjusted" | "order.paid_by_hand" | "order.fulfilled" | "order.delivered" | "order.cancelled" | "order.contact_changed" | "refund.requested" | "endpoint.created" | "endpoint.changed" | "endpoint.enabled" | "endpoint.disabled" | "endpoint.secret_replaced" | "endpoint.deleted" | "endpoint.pinged" | "endpoint.events_replayed" | "event.replayed" | "stripe_event.replayed" | "stripe_event.closed" | "task.closed" | "books.comparison_requested" | "role.created" | "role.changed" | "role.deleted" | "member.changed" | "member.removed" | "invitation.sent" | "invitation.sent_again" | "invitation.revoked" | "invitation.accepted" | "key.created" | "key.revoked" | "key.used_after_end" | "sign_in.succeeded" | "sign_in.failed" | "sessions.ended" | "password.changed" | "password.reset" | "factor.added" | "factor.removed" | "passkey.counter_went_back" | "provider.linked" | "provider.unlinked" | "provider.sign_in" | "provider.refused" | "recovery_codes.renewed" | "recovery_code.used" | "second_factor.failed" | "step_up.passed" | "step_up.failed" | "password_change.failed" | "refresh_token.reused" | "flag.changed" | "flag.reset" | "segment.changed" | "segment.deleted" | "trail.exported" | "customer.exported" | "customer.erased" | "access.refused";
                subject?: string;
                /** @example 2026-03-01 */
                from?: string;
                /** @example 2026-03-01 */
                to?: string;
                /** @description Any id: of the act, its actor, its subject, its correlation id; or its position. */
                id?: string;
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
                        data: {
                            /** @description 1, 2, 3, … without a gap. */
                            position: number;
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            occurredAt: string;
                            actor: {
                                /** @description staff, customer, api-key, visitor or system. */
                                kind: string;
                                id: string | null;
                            };
                            /** @example order.paid_by_hand */
                            act: string;
                            subject: {
                                /** @example order */
                                kind: string;
                                id: string | null;
                            };
                            /** @description Ids, numbers and names of fields. */
                            detail: {
                                [key: string]: unknown;
                            };
                            correlationId: string | null;
                            /**
                             * @description The network that it came from, never the whole address.
                             * @example 203.0.113.0/24
                             */
                            network: string | null;
                            previousHash: string;
                            hash: string;
                        }[];
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getAuditTrailExport: {
        parameters: {
            query?: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
                actor?: string;
                act?: "product.created" | "product.updated" | "product.archived" | "product.deleted" | "catalogue.import_begun" | "catalogue.imported" | "stock.adjusted" | "order.paid_by_hand" | "order.fulfilled" | "order.delivered" | "order.cancelled" | "order.contact_changed" | "refund.requested" | "endpoint.created" | "endpoint.changed" | "endpoint.enabled" | "endpoint.disabled" | "endpoint.secret_replaced" | "endpoint.deleted" | "endpoint.pinged" | "endpoint.events_replayed" | "event.replayed" | "stripe_event.replayed" | "stripe_event.closed" | "task.closed" | "books.comparison_requested" | "role.created" | "role.changed" | "role.deleted" | "member.changed" | "member.removed" | "invitation.sent" | "invitation.sent_again" | "invitation.revoked" | "invitation.accepted" | "key.created" | "key.revoked" | "key.used_after_end" | "sign_in.succeeded" | "sign_in.failed" | "sessions.ended" | "password.changed" | "password.reset" | "factor.added" | "factor.removed" | "passkey.counter_went_back" | "provider.linked" | "provider.unlinked" | "provider.sign_in" | "provider.refused" | "recovery_codes.renewed" | "recovery_code.used" | "second_factor.failed" | "step_up.passed" | "step_up.failed" | "password_change.failed" | "refresh_token.reused" | "flag.changed" | "flag.reset" | "segment.changed" | "segment.deleted" | "trail.exported" | "customer.exported" | "customer.erased" | "access.refused";
                subject?: string;
                /** @example 2026-03-01 */
                from?: string;
                /** @example 2026-03-01 */
                to?: string;
                /** @description Any id: of the act, its actor, its subject, its correlation id; or its position. */
                id?: string;
                format?: "csv" | "jsonl";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/jsonl": string;
                    "text/csv": string;
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getAuditTrailById: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUIDv7.
                 * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                 */
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
                        /** @description 1, 2, 3, … without a gap. */
                        position: number;
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        occurredAt: string;
                        actor: {
                            /** @description staff, customer, api-key, visitor or system. */
                            kind: string;
                            id: string | null;
                        };
                        /** @example order.paid_by_hand */
                        act: string;
                        subject: {
                            /** @example order */
                            kind: string;
                            id: string | null;
                        };
                        /** @description Ids, numbers and names of fields. */
                        detail: {
                            [key: string]: unknown;
                        };
                        correlationId: string | null;
                        /**
                         * @description The network that it came from, never the whole address.
                         * @example 203.0.113.0/24
                         */
                        network: string | null;
                        previousHash: string;
                        hash: string;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getFlags: {
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
                        data: {
                            key: string;
                            description: string | null;
                            owner: string | null;
                            scope: ("shop" | "visitor") | null;
                            variants: string[];
                            default: string | null;
                            off: string | null;
                            /** @description Off: everybody gets the variant declared for it. */
                            enabled: boolean;
                            /** @description The first that fits counts. */
                            rules: {
                                /** @description All of them are met. */
                                when: {
                                    /** @enum {unknown} */
                                    attribute: "signed-in" | "role" | "customer" | "email-domain" | "country" | "segment";
                                    /** @description Met by those that have none of the values. */
                                    not: boolean;
                                    values: string[];
                                }[];
                                /** @example maker */
                                variant: string;
                                /**
                                 * @description Of those who meet it, in hundredths of a percent.
                                 * @example 1000
                                 */
                                share: number;
                            }[];
                            /**
                             * @description The share of all that the weights are for, in hundredths of a percent.
                             * @example 1000
                             */
                            rollout: number;
                            /**
                             * @description The parts of the variants.
                             * @example {
                             *       "maker": 1
                             *     }
                             */
                            weights: {
                                [key: string]: number;
                            };
                            experiment: boolean;
                            version: number;
                            changedAt: string | null;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getFlagsByKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key of a flag.
                 * @example related-products
                 */
                key: string;
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
                        key: string;
                        description: string | null;
                        owner: string | null;
                        scope: ("shop" | "visitor") | null;
                        variants: string[];
                        default: string | null;
                        off: string | null;
                        /** @description Off: everybody gets the variant declared for it. */
                        enabled: boolean;
                        /** @description The first that fits counts. */
                        rules: {
                            /** @description All of them are met. */
                            when: {
                                /** @enum {unknown} */
                                attribute: "signed-in" | "role" | "customer" | "email-domain" | "country" | "segment";
                                /** @description Met by those that have none of the values. */
                                not: boolean;
                                values: string[];
                            }[];
                            /** @example maker */
                            variant: string;
                            /**
                             * @description Of those who meet it, in hundredths of a percent.
                             * @example 1000
                             */
                            share: number;
                        }[];
                        /**
                         * @description The share of all that the weights are for, in hundredths of a percent.
                         * @example 1000
                         */
                        rollout: number;
                        /**
                         * @description The parts of the variants.
                         * @example {
                         *       "maker": 1
                         *     }
                         */
                        weights: {
                            [key: string]: number;
                        };
                        experiment: boolean;
                        version: number;
                        changedAt: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putFlagsByKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key of a flag.
                 * @example related-products
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @description Off: everybody gets the variant declared for it. */
                    enabled: boolean;
                    /** @description The first that fits counts. */
                    rules: {
                        /** @description All of them are met. */
                        when: {
                            /** @enum {unknown} */
                            attribute: "signed-in" | "role" | "customer" | "email-domain" | "country" | "segment";
                            /** @description Met by those that have none of the values. */
                            not: boolean;
                            values: string[];
                        }[];
                        /** @example maker */
                        variant: string;
                        /**
                         * @description Of those who meet it, in hundredths of a percent.
                         * @example 1000
                         */
                        share: number;
                    }[];
                    /**
                     * @description The share of all that the weights are for, in hundredths of a percent.
                     * @example 1000
                     */
                    rollout: number;
                    /**
                     * @description The parts of the variants.
                     * @example {
                     *       "maker": 1
                     *     }
                     */
                    weights: {
                        [key: string]: number;
                    };
                    /** @description Whether an experiment is to run, which counts who saw what. */
                    experiment: boolean;
                    /** @description Of the flag as it was seen; 0: nobody has set it. */
                    version: number;
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
                        key: string;
                        description: string | null;
                        owner: string | null;
                        scope: ("shop" | "visitor") | null;
                        variants: string[];
                        default: string | null;
                        off: string | null;
                        /** @description Off: everybody gets the variant declared for it. */
                        enabled: boolean;
                        /** @description The first that fits counts. */
                        rules: {
                            /** @description All of them are met. */
                            when: {
                                /** @enum {unknown} */
                                attribute: "signed-in" | "role" | "customer" | "email-domain" | "country" | "segment";
                                /** @description Met by those that have none of the values. */
                                not: boolean;
                                values: string[];
                            }[];
                            /** @example maker */
                            variant: string;
                            /**
                             * @description Of those who meet it, in hundredths of a percent.
                             * @example 1000
                             */
                            share: number;
                        }[];
                        /**
                         * @description The share of all that the weights are for, in hundredths of a percent.
                         * @example 1000
                         */
                        rollout: number;
                        /**
                         * @description The parts of the variants.
                         * @example {
                         *       "maker": 1
                         *     }
                         */
                        weights: {
                            [key: string]: number;
                        };
                        experiment: boolean;
                        version: number;
                        changedAt: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteFlagsByKey: {
        parameters: {
            query: {
                /** @description Of the flag as it was seen; 0: nobody has set it. */
                version: number;
            };
            header?: never;
            path: {
                /**
                 * @description The key of a flag.
                 * @example related-products
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getFlagsByKeyResults: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key of a flag.
                 * @example related-products
                 */
                key: string;
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
                        data: {
                            /**
                             * Format: uuid
                             * @description A UUIDv7.
                             * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                             */
                            id: string;
                            /**
                             * Format: date-time
                             * @description ISO 8601, UTC.
                             * @example 2026-03-01T09:30:00.000Z
                             */
                            startedAt: string;
                            endedAt: string | null;
                            variants: {
                                variant: string;
                                weight: number;
                                visitors: number;
                                ordered: {
                                    count: number;
                                    of: number;
                                    rate: number;
                                    /** @description The true rate, 95 %. */
                                    between: {
                                        low: number;
                                        high: number;
                                    };
                                    difference: {
                                        seen: number;
                                        low: number;
                                        high: number;
                                    } | null;
                                    /** @enum {unknown} */
                                    verdict: "control" | "early" | "better" | "worse" | "open";
                                };
                                paid: {
                                    count: number;
                                    of: number;
                                    rate: number;
                                    /** @description The true rate, 95 %. */
                                    between: {
                                        low: number;
                                        high: number;
                                    };
                                    difference: {
                                        seen: number;
                                        low: number;
                                        high: number;
                                    } | null;
                                    /** @enum {unknown} */
                                    verdict: "control" | "early" | "better" | "worse" | "open";
                                };
                            }[];
                            /** @description Visitors are divided otherwise than they were meant to be: believe none of it. */
                            lopsided: boolean;
                            /** @description Visitors who saw another variant later. */
                            strayed: number;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getFlagSegments: {
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
                        data: {
                            key: string;
                            customerIds: string[];
                            emailDomains: string[];
                            version: number;
                        }[];
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    putFlagSegmentsByKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The key of a segment.
                 * @example testers
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    customerIds: string[];
                    emailDomains: string[];
                    /** @description Of the flag as it was seen; 0: nobody has set it. */
                    version: number;
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
                        key: string;
                        customerIds: string[];
                        emailDomains: string[];
                        version: number;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            409: components["responses"]["Problem_409"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    deleteFlagSegmentsByKey: {
        parameters: {
            query: {
                /** @description Of the flag as it was seen; 0: nobody has set it. */
                version: number;
            };
            header?: never;
            path: {
                /**
                 * @description The key of a segment.
                 * @example testers
                 */
                key: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            404: components["responses"]["Problem_404"];
            409: components["responses"]["Problem_409"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    postProductsImport: {
        parameters: {
            query?: never;
            header?: {
                /** @description `respond-async` (RFC 7240): do not wait for the report. */
                prefer?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /** @example Handle,Title,… */
                "text/csv": string;
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @example Handle,Title,…
                     */
                    file: string;
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
                        rows: number;
                        products: {
                            created: number;
                            updated: number;
                            unchanged: number;
                            refused: number;
                        };
                        variants: number;
                        images: number;
                        errorCount: number;
                        warningCount: number;
                        errors: {
                            line: number;
                            column: string;
                            handle: string;
                            reason: string;
                        }[];
                        warnings: {
                            line: number;
                            column: string;
                            handle: string;
                            reason: string;
                        }[];
                    };
                };
            };
            /** @description It was begun; `Location` says where to ask how far it is. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /**
                         * Format: uuid
                         * @description A UUIDv7.
                         * @example 0199f6d2-9f5e-7a3c-8a44-3f6d0c1b2a10
                         */
                        id: string;
                        /**
                         * @description As its sender called the file; empty where they did not say.
                         * @example products.csv
                         */
                        fileName: string;
                        /** @enum {unknown} */
                        state: "waiting" | "running" | "done";
                        /** @description Products taken or refused. */
                        done: number;
                        /** @description Products in the file. */
                        total: number;
                        report: {
                            rows: number;
                            products: {
                                created: number;
                                updated: number;
                                unchanged: number;
                                refused: number;
                            };
                            variants: number;
                            images: number;
                            errorCount: number;
                            warningCount: number;
                            errors: {
                                line: number;
                                column: string;
                                handle: string;
                                reason: string;
                            }[];
                            warnings: {
                                line: number;
                                column: string;
                                handle: string;
                                reason: string;
                            }[];
                        };
                        /**
                         * Format: date-time
                         * @description ISO 8601, UTC.
                         * @example 2026-03-01T09:30:00.000Z
                         */
                        createdAt: string;
                        finishedAt: string | null;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            403: components["responses"]["Problem_403"];
            413: components["responses"]["Problem_413"];
            415: components["responses"]["Problem_415"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
    getWellKnownJwksJson: {
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
                        keys: {
                            /** @example OKP */
                            kty: string;
                            /** @example Ed25519 */
                            crv: string;
                            x: string;
                            y?: string;
                            /** @description Names the key in the header of a token. */
                            kid: string;
                            /** @example EdDSA */
                            alg: string;
                            /** @enum {string} */
                            use: "sig";
                        }[];
                    };
                };
            };
            default: components["responses"]["Problem_default"];
        };
    };
    postWebhooksStripe: {
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
                        /** @example true */
                        received: boolean;
                    };
                };
            };
            400: components["responses"]["Problem_400"];
            401: components["responses"]["Problem_401"];
            429: components["responses"]["Problem_429"];
            503: components["responses"]["Problem_503"];
            default: components["responses"]["Problem_default"];
        };
    };
}

/** The POSTs that are safe to repeat under an Idempotency-Key. */
export const idempotentPosts = ["/api/orders","/api/checkout","/api/payments","/api/orders/{id}/refunds"] as const;
