/* PHP in several threads at once, as a thread-safe web server or FrankenPHP has it: each thread runs a script as a request of its own,
 * again and again, with no PHP extension for threads in between.
 *
 * usage: threads SCRIPT ROUNDS KEY=PORT... */

#include <sapi/embed/php_embed.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef ZTS
# error "this PHP has no threads"
#endif

ZEND_TSRMLS_CACHE_DEFINE()

#define MOST 16

struct work {
    pthread_t thread;
    const char *script;
    char key[32];
    int port, round;
};

static void *run(void *argument)
{
    struct work *work = argument;
    char code[1024];

    ts_resource(0);
    ZEND_TSRMLS_CACHE_UPDATE();
    if (php_request_startup() == FAILURE) {
        fprintf(stderr, "no request\n");
        exit(2);
    }
    snprintf(code, sizeof code, "[$key, $port, $round] = ['%s', %d, %d]; require '%s';", work->key, work->port, work->round, work->script);
    zend_first_try {
        zend_eval_string(code, NULL, "thread");
    } zend_end_try();
    php_request_shutdown(NULL);
    ts_free_thread();
    return NULL;
}

int main(int argc, char **argv)
{
    struct work works[MOST];
    int count = argc - 3, rounds = argc > 2 ? atoi(argv[2]) : 0;

    if (count < 1 || count > MOST || rounds < 1) {
        fprintf(stderr, "usage: threads SCRIPT ROUNDS KEY=PORT...\n");
        return 2;
    }
    if (php_embed_init(1, argv) == FAILURE) {
        return 2;
    }
    for (int round = 1; round <= rounds; round++) {
        for (int i = 0; i < count; i++) {
            struct work *work = &works[i];
            work->script = argv[1];
            work->round = round;
            if (sscanf(argv[i + 3], "%31[^=]=%d", work->key, &work->port) != 2) {
                fprintf(stderr, "not KEY=PORT: %s\n", argv[i + 3]);
                return 2;
            }
            if (pthread_create(&work->thread, NULL, run, work) != 0) {
                perror("pthread_create");
                return 2;
            }
        }
        for (int i = 0; i < count; i++) {
            pthread_join(works[i].thread, NULL);
        }
    }
    php_embed_shutdown();
    return 0;
}
