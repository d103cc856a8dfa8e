<?php

declare(strict_types=1);

// An application of Laravel in the folder that is the working directory, made of what a page of the manual shows:
//   application.php artisan ARGUMENTS...     its console
//   application.php get PATH                 what a route answers

use Apn\AmiClient\Laravel\AmiServiceProvider;
use Illuminate\Contracts\Console\Kernel as ConsoleKernel;
use Illuminate\Contracts\Http\Kernel as HttpKernel;
use Illuminate\Foundation\Application;
use Illuminate\Http\Request;
use Symfony\Component\Console\Input\ArgvInput;
use Symfony\Component\Console\Output\ConsoleOutput;

require dirname(__DIR__, 3) . '/vendor/autoload.php';

$folder = (string) getcwd();
spl_autoload_register(static function (string $class) use ($folder): void {
    $file = "$folder/app/" . str_replace('\\', '/', substr($class, strlen('App\\'))) . '.php';
    if (str_starts_with($class, 'App\\') && is_file($file)) {
        require $file;
    }
});
foreach (['app/Listeners', 'bootstrap/cache', 'storage/framework/views', 'storage/logs', 'routes'] as $needed) {
    if (!is_dir("$folder/$needed")) {
        mkdir("$folder/$needed", recursive: true);
    }
}
if (!is_file("$folder/routes/web.php")) {
    file_put_contents("$folder/routes/web.php", '<?php');
}
file_put_contents("$folder/composer.json", '{"autoload": {"psr-4": {"App\\\\": "app/"}}}');

$app = Application::configure($folder)
    ->withProviders([AmiServiceProvider::class], withBootstrapProviders: false)
    ->withEvents(discover: ["$folder/app/Listeners"])
    ->withRouting(api: "$folder/routes/web.php", apiPrefix: '')
    ->withMiddleware()
    ->withExceptions()
    ->create();

/** @var list<string> $arguments */
$arguments = $argv;
[, $how, $what] = $arguments + [1 => '', ''];
if ($how === 'artisan') {
    exit($app->make(ConsoleKernel::class)->handle(new ArgvInput(array_slice($arguments, 1)), new ConsoleOutput()));
}
if ($how === 'get') {
    $response = $app->make(HttpKernel::class)->handle(Request::create($what));
    echo $response->getContent();
    exit($response->getStatusCode() === 200 ? 0 : 1);
}
fwrite(STDERR, "no such way to use it: $how\n");
exit(2);
