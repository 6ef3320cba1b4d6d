<?php
/**
 * Plugin Name: unspin
 * Description: Checks posts with your own unspin server and shows the label in the list of posts.
 * Version: 0.1.0
 * Requires at least: 6.0
 * Requires PHP: 7.4
 * License: Apache-2.0
 */

defined( 'ABSPATH' ) || exit;

const UNSPIN_META    = '_unspin';
const UNSPIN_SECONDS = 30;
const UNSPIN_MARKS   = 10;

add_action( 'admin_menu', 'unspin_add_settings' );
add_action( 'admin_init', 'unspin_register_settings' );
add_filter( 'manage_post_posts_columns', fn( $columns ) => $columns + array( 'unspin' => 'unspin' ) );
add_action( 'manage_post_posts_custom_column', 'unspin_show', 10, 2 );
add_filter( 'bulk_actions-edit-post', fn( $actions ) => $actions + array( 'unspin' => 'Check with unspin' ) );
add_filter( 'handle_bulk_actions-edit-post', 'unspin_check_many', 10, 3 );
add_action( 'admin_post_unspin_check', 'unspin_check_one' );
add_action( 'admin_notices', 'unspin_tell' );

/** Ask the server about one post. Returns what is kept of the answer, or why there is none. */
function unspin_ask( WP_Post $post ) {
	$server = get_option( 'unspin_server', '' );
	if ( ! $server ) {
		return new WP_Error( 'unspin', 'Set the address of the unspin server under Settings, unspin.' );
	}
	$body    = wpautop( strip_shortcodes( $post->post_content ) );
	$headers = array( 'Content-Type' => 'text/html; charset=utf-8' );
	if ( get_option( 'unspin_token', '' ) ) {
		$headers['Authorization'] = 'Bearer ' . get_option( 'unspin_token' );
	}
	$answer = wp_remote_post(
		trailingslashit( $server ) . 'v1/check?source=post-' . $post->ID,
		array(
			'headers'     => $headers,
			'body'        => '<!doctype html><article><h1>' . esc_html( $post->post_title ) . "</h1>$body</article>",
			'timeout'     => UNSPIN_SECONDS,
			'redirection' => 0,
		)
	);
	if ( is_wp_error( $answer ) ) {
		return $answer;
	}
	$told = json_decode( wp_remote_retrieve_body( $answer ), true );
	if ( 200 !== wp_remote_retrieve_response_code( $answer ) || ! isset( $told['label'] ) ) {
		return new WP_Error( 'unspin', $told['detail'] ?? 'The unspin server gave no answer that can be read.' );
	}
	usort( $told['evidence'], fn( $one, $two ) => $two['weight'] <=> $one['weight'] );
	$marks = array();
	foreach ( $told['evidence'] as $mark ) {
		$marks[] = $mark['text'] . ( $mark['expected'] ? ' → ' . $mark['expected'][0] : '' );
	}
	return array(
		'label'    => $told['label'],
		'headline' => $told['headline'],
		'summary'  => trim( $told['summary'] . ' ' . $told['note'] ),
		'marks'    => array_slice( array_values( array_unique( $marks ) ), 0, UNSPIN_MARKS ),
		'checked'  => time(),
		'text'     => unspin_fingerprint( $post ),
	);
}

/** Changes with the title and the content of a post. */
function unspin_fingerprint( WP_Post $post ) {
	return md5( $post->post_title . "\n" . $post->post_content );
}

/** Check the posts that the user may edit, and go on to the address that shows how it went. */
function unspin_check_posts( array $ids, $back ) {
	$checked = 0;
	$problem = '';
	foreach ( $ids as $id ) {
		$post = get_post( $id );
		if ( ! $post || ! current_user_can( 'edit_post', $post->ID ) ) {
			$problem = 'You may not edit one of these posts.';
			continue;
		}
		$found = unspin_ask( $post );
		if ( is_wp_error( $found ) ) {
			$problem = $post->post_title . ': ' . $found->get_error_message();
			continue;
		}
		// The function below takes slashes away.
		update_post_meta( $post->ID, UNSPIN_META, wp_slash( $found ) );
		++$checked;
	}
	set_transient( 'unspin_told_' . get_current_user_id(), array( $checked, $problem ), MINUTE_IN_SECONDS );
	return $back;
}

function unspin_check_one() {
	$id = absint( $_GET['post'] ?? 0 );
	check_admin_referer( "unspin-$id" );
	wp_safe_redirect( unspin_check_posts( array( $id ), wp_get_referer() ?: admin_url( 'edit.php' ) ) );
	exit;
}

/** WordPress has checked the nonce of the list before it calls this. */
function unspin_check_many( $back, $action, $ids ) {
	return 'unspin' === $action ? unspin_check_posts( $ids, $back ) : $back;
}

function unspin_tell() {
	$told = get_transient( 'unspin_told_' . get_current_user_id() );
	if ( ! $told ) {
		return;
	}
	delete_transient( 'unspin_told_' . get_current_user_id() );
	list( $checked, $problem ) = $told;
	printf(
		'<div class="notice notice-%s is-dismissible"><p>unspin: checked %d. %s</p></div>',
		$problem ? 'warning' : 'success',
		(int) $checked,
		esc_html( $problem )
	);
}

function unspin_show( $column, $id ) {
	if ( 'unspin' !== $column ) {
		return;
	}
	$post  = get_post( $id );
	$found = get_post_meta( $id, UNSPIN_META, true );
	if ( is_array( $found ) ) {
		printf( '<strong>%s</strong>', esc_html( $found['headline'] ) );
		echo unspin_fingerprint( $post ) === $found['text'] ? '' : ' (changed since)';
		printf( '<details><summary>Why</summary><p>%s</p><ul>', esc_html( $found['summary'] ) );
		foreach ( $found['marks'] as $mark ) {
			printf( '<li>%s</li>', esc_html( $mark ) );
		}
		printf( '</ul><p>Checked %s ago.</p></details>', esc_html( human_time_diff( $found['checked'] ) ) );
	}
	if ( current_user_can( 'edit_post', $id ) ) {
		$address = wp_nonce_url( admin_url( "admin-post.php?action=unspin_check&post=$id" ), "unspin-$id" );
		printf( '<a class="button button-small" href="%s">Check</a>', esc_url( $address ) );
	}
}

function unspin_add_settings() {
	add_options_page( 'unspin', 'unspin', 'manage_options', 'unspin', 'unspin_show_settings' );
}

function unspin_register_settings() {
	register_setting( 'unspin', 'unspin_server', array( 'sanitize_callback' => 'unspin_server_address' ) );
	register_setting( 'unspin', 'unspin_token', array( 'sanitize_callback' => 'unspin_kept_token' ) );
}

function unspin_server_address( $given ) {
	return esc_url_raw( trim( (string) $given ), array( 'http', 'https' ) );
}

/** The form never shows the token, so an empty field keeps it. A hyphen removes it. */
function unspin_kept_token( $given ) {
	$given = trim( (string) $given );
	return '' === $given ? get_option( 'unspin_token', '' ) : ( '-' === $given ? '' : $given );
}

function unspin_show_settings() {
	?>
	<div class="wrap"><h1>unspin</h1>
	<form action="options.php" method="post">
		<?php settings_fields( 'unspin' ); ?>
		<p><label>Address of the unspin server<br>
			<input type="url" name="unspin_server" class="regular-text" value="<?php echo esc_attr( get_option( 'unspin_server', '' ) ); ?>"></label></p>
		<p><label>Token (leave it empty to keep the one that is set; a hyphen removes it)<br>
			<input type="password" name="unspin_token" class="regular-text" autocomplete="off"></label></p>
		<?php submit_button(); ?>
	</form></div>
	<?php
}
